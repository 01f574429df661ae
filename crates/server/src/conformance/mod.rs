//! What must hold on every database. Each check gets a server on a fresh one; the same checks run on SQLite and on
//! PostgreSQL.

mod administration;
mod brought;
mod carriers;
mod clock;
mod contacts;
mod conversations;
mod dropped;
mod groups;
mod jobs;
mod log;
mod media;
mod sessions;
mod states;
mod texts;
mod together;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use halyard_protocol::rest::EntriesPage;
use halyard_protocol::{
    Author, Change, ContactDraft, ContactId, ContactScope, ConversationKind, DeliveryState, Destination, DeviceId,
    ErrorCode, LoggedEvent, MediaId, Message, Peer, PhotoId, ReadPosition, TenantId, Ulid, User, UserId,
};

use std::sync::Arc;

use futures_util::{StreamExt as _, TryStreamExt as _};

use crate::api::tests::statements::a_message_to_fifty_takes_as_many_statements_as_one_to_two;
use crate::jobs::tests::{a_claim_that_ends_during_a_submission_sends_nothing_twice, two_servers_share_the_queue};
use crate::operations::numbers;
use crate::socket::tests::servers::{
    a_restart_is_no_news_to_those_who_come_back, a_server_that_lives_keeps_its_users,
    a_slow_tenant_keeps_nobody_waiting, users_of_a_server_that_is_gone_are_away,
    what_another_process_changes_is_told_too, who_shows_as_connected_and_is_not_is_away_after_a_while,
};
use crate::socket::tests::states::{
    a_socket_that_falls_behind_the_frames_reads_for_itself, many_changes_are_one_frame,
    no_state_is_lost_between_catching_up_and_hearing, reads_reach_those_who_see_them,
    states_are_told_live_and_again_after_a_gap, states_of_another_database_are_reset, two_devices_converge,
    where_nothing_is_to_be_told_nobody_looks_again,
};
use crate::store::{self, Store, StoreError, Tx, address_book::AddressBook, sql::args};
use crate::testing::TestEnv;
use crate::testing::bench::{Bench, number, png};
use crate::testing::postgres::Cluster;

use self::administration::{
    a_link_ends_after_three_days_and_when_another_is_made_or_the_user_disabled,
    a_new_user_chooses_a_password_by_a_link, a_supervisor_sets_the_status_of_others_and_nothing_else,
    a_text_does_not_leave_from_a_number_that_was_moved, an_operator_administers_numbers_and_businesses,
    links_are_not_guessed_for_ever, nobody_manages_above_their_role_or_locks_themselves_out,
    shared_contacts_are_in_the_audit_log_without_what_is_in_them,
    the_audit_log_is_read_page_by_page_and_exported_whole, the_operator_sees_the_queue,
    users_are_changed_disabled_enabled_and_removed, users_are_signed_out_by_those_who_manage_them,
    who_had_a_number_keeps_what_was_written_when_it_moves, who_is_disabled_meanwhile_does_nothing_more,
};
use self::brought::{
    a_group_text_between_own_numbers_arrives_once_whichever_way_it_comes,
    a_group_text_that_did_not_get_there_by_its_own_way_arrives_by_the_carrier, a_text_of_many_people_arrives,
    a_text_that_is_too_long_for_its_carrier_is_refused_at_once, files_that_are_slow_to_come_hold_up_nothing_else,
    whom_an_opt_out_concerns_is_found_by_an_index,
};
use self::carriers::{
    a_text_that_waits_does_not_leave_for_who_opts_out_meanwhile,
    an_account_keeps_its_secrets_and_goes_when_it_carries_nothing, an_opt_out_of_one_in_a_group_is_of_nobody_else,
    of_an_account_no_more_is_claimed_than_may_leave, opt_outs_are_listed_and_changed_by_who_may,
    reports_on_a_group_count_for_each_though_nobody_wrote_down_that_it_was_taken,
    short_codes_and_words_are_read_and_answered_where_that_can_be, texts_that_are_brought_at_once_arrive_once_each,
    what_a_carrier_brings_arrives_once_and_is_believed_by_its_signature,
    what_no_database_has_to_keep_is_left_out_of_a_text, who_opts_out_gets_nothing_until_they_opt_in,
};
use self::clock::{a_clock_that_is_set_back_shuffles_and_keeps_nothing, jobs_of_before_the_clock_was_set_back_go_on};
use self::contacts::{
    a_photo_stays_while_a_contact_has_it_and_a_while_longer, an_import_saves_what_it_was_given,
    contacts_come_in_pages_by_id_over_both_owners,
};
use self::conversations::{
    a_deleted_conversation_comes_back_whole_or_with_the_next_message, the_column_comes_in_pages_newest_first,
};
use self::dropped::{
    a_chat_message_that_is_given_up_is_there_as_a_whole_or_not_at_all, a_job_that_is_given_up_is_done_once,
    a_read_mark_that_is_given_up_counts_as_a_whole_or_not_at_all,
    a_send_that_is_given_up_is_there_as_a_whole_or_not_at_all,
    a_text_to_one_that_is_given_up_is_there_as_a_whole_or_not_at_all,
};
use self::groups::{
    a_group_takes_only_who_can_be_in_it, a_group_that_all_have_left_is_forgotten,
    a_message_that_names_its_people_reaches_them, an_account_that_is_removed_leaves_its_groups,
    nobody_takes_the_id_of_another_conversation, people_come_and_go_and_the_timeline_says_so,
    the_same_people_may_have_several_groups,
};
use self::jobs::{
    a_claim_passes_over_what_another_is_claiming, a_job_for_later_is_in_nobodys_way,
    dead_jobs_are_kept_apart_and_run_again, dead_jobs_come_back_into_their_own_queues,
    jobs_of_a_lane_run_in_order_and_survive_their_worker, tenants_take_turns, the_next_job_is_found_by_an_index,
    workers_that_claim_at_once_get_different_jobs,
};
use self::log::{
    a_log_is_not_trimmed_in_the_middle, a_text_stands_once_however_many_read_it,
    followers_of_a_log_are_answered_together_as_each_alone, many_writers_give_places_and_cursors_without_gaps,
    the_log_is_trimmed_and_says_so, the_log_says_how_things_are_when_it_is_read,
    what_the_log_said_in_full_becomes_references, who_is_enabled_again_starts_from_the_snapshot,
    who_leaps_over_a_gap_starts_from_the_snapshot,
};
use self::media::{
    a_content_is_claimed_or_forgotten, a_content_is_kept_once_however_many_give_it,
    contents_of_before_are_given_and_moved,
};
use self::sessions::{
    a_new_password_misses_no_session_that_is_being_made, a_session_is_only_for_the_password_that_was_checked,
    networks_are_known_for_a_while, sessions_end_when_they_are_old,
};
use self::states::{
    a_read_in_a_large_group_is_one_row, a_status_is_one_row_and_no_event, states_of_a_log_of_before_are_told_to_nobody,
};
use self::texts::{
    a_number_that_moves_takes_no_history_to_another_tenant, a_picture_reaches_the_other_tenant_once,
    a_text_reaches_the_other_tenant_once, texts_are_counted_by_minute_and_day, who_loses_a_number_loses_its_pictures,
};
use self::together::{
    a_text_is_refused_where_its_conversation_is_there, texts_between_tenants_at_once_arrive_once_each_in_order,
    texts_that_are_sent_at_once_are_accepted_once_each,
};

/// The names of all checks, and how to run one on a fresh server.
macro_rules! checks {
    ($all:ident: $($check:ident),* $(,)?) => {
        /// Runs every check on fresh servers.
        async fn $all(fresh: impl AsyncFn(&str) -> Bench) {
            // On the heap: the largest of them is too large for the stack of a test.
            $( Box::pin(async { $check(&fresh(stringify!($check)).await).await }).await; )*
        }
    };
}

checks!(
    all:
    migrating_again_changes_nothing,
    a_message_to_fifty_takes_as_many_statements_as_one_to_two,
    what_is_not_committed_leaves_no_trace,
    contacts_come_in_pages_by_id_over_both_owners,
    a_photo_stays_while_a_contact_has_it_and_a_while_longer,
    an_import_saves_what_it_was_given,
    many_writers_give_places_and_cursors_without_gaps,
    a_text_reaches_the_other_tenant_once,
    a_picture_reaches_the_other_tenant_once,
    contents_of_before_are_given_and_moved,
    a_content_is_kept_once_however_many_give_it,
    jobs_of_a_lane_run_in_order_and_survive_their_worker,
    dead_jobs_are_kept_apart_and_run_again,
    a_job_for_later_is_in_nobodys_way,
    tenants_take_turns,
    workers_that_claim_at_once_get_different_jobs,
    the_next_job_is_found_by_an_index,
    two_servers_share_the_queue,
    the_column_comes_in_pages_newest_first,
    a_deleted_conversation_comes_back_whole_or_with_the_next_message,
    the_same_people_may_have_several_groups,
    nobody_takes_the_id_of_another_conversation,
    people_come_and_go_and_the_timeline_says_so,
    a_group_takes_only_who_can_be_in_it,
    a_group_that_all_have_left_is_forgotten,
    a_message_that_names_its_people_reaches_them,
    an_account_that_is_removed_leaves_its_groups,
    a_taken_key_is_told_apart_from_other_errors,
    the_log_is_trimmed_and_says_so,
    a_log_is_not_trimmed_in_the_middle,
    a_number_that_moves_takes_no_history_to_another_tenant,
    texts_are_counted_by_minute_and_day,
    who_loses_a_number_loses_its_pictures,
    a_session_is_only_for_the_password_that_was_checked,
    networks_are_known_for_a_while,
    a_new_password_misses_no_session_that_is_being_made,
    who_is_enabled_again_starts_from_the_snapshot,
    what_the_log_said_in_full_becomes_references,
    a_text_stands_once_however_many_read_it,
    the_log_says_how_things_are_when_it_is_read,
    followers_of_a_log_are_answered_together_as_each_alone,
    sessions_end_when_they_are_old,
    a_new_user_chooses_a_password_by_a_link,
    a_link_ends_after_three_days_and_when_another_is_made_or_the_user_disabled,
    links_are_not_guessed_for_ever,
    users_are_changed_disabled_enabled_and_removed,
    nobody_manages_above_their_role_or_locks_themselves_out,
    a_supervisor_sets_the_status_of_others_and_nothing_else,
    users_are_signed_out_by_those_who_manage_them,
    an_operator_administers_numbers_and_businesses,
    who_had_a_number_keeps_what_was_written_when_it_moves,
    shared_contacts_are_in_the_audit_log_without_what_is_in_them,
    the_audit_log_is_read_page_by_page_and_exported_whole,
    the_operator_sees_the_queue,
    who_is_disabled_meanwhile_does_nothing_more,
    a_text_does_not_leave_from_a_number_that_was_moved,
    who_leaps_over_a_gap_starts_from_the_snapshot,
    a_status_is_one_row_and_no_event,
    a_read_in_a_large_group_is_one_row,
    states_of_a_log_of_before_are_told_to_nobody,
    states_are_told_live_and_again_after_a_gap,
    many_changes_are_one_frame,
    a_socket_that_falls_behind_the_frames_reads_for_itself,
    no_state_is_lost_between_catching_up_and_hearing,
    reads_reach_those_who_see_them,
    two_devices_converge,
    a_restart_is_no_news_to_those_who_come_back,
    states_of_another_database_are_reset,
    who_shows_as_connected_and_is_not_is_away_after_a_while,
    what_another_process_changes_is_told_too,
    where_nothing_is_to_be_told_nobody_looks_again,
    users_of_a_server_that_is_gone_are_away,
    what_a_carrier_brings_arrives_once_and_is_believed_by_its_signature,
    short_codes_and_words_are_read_and_answered_where_that_can_be,
    who_opts_out_gets_nothing_until_they_opt_in,
    a_text_that_waits_does_not_leave_for_who_opts_out_meanwhile,
    opt_outs_are_listed_and_changed_by_who_may,
    reports_on_a_group_count_for_each_though_nobody_wrote_down_that_it_was_taken,
    an_account_keeps_its_secrets_and_goes_when_it_carries_nothing,
    an_opt_out_of_one_in_a_group_is_of_nobody_else,
    what_no_database_has_to_keep_is_left_out_of_a_text,
    of_an_account_no_more_is_claimed_than_may_leave,
    a_group_text_between_own_numbers_arrives_once_whichever_way_it_comes,
    a_group_text_that_did_not_get_there_by_its_own_way_arrives_by_the_carrier,
    files_that_are_slow_to_come_hold_up_nothing_else,
    whom_an_opt_out_concerns_is_found_by_an_index,
    a_text_of_many_people_arrives,
    a_text_that_is_too_long_for_its_carrier_is_refused_at_once,
    dead_jobs_come_back_into_their_own_queues,
    texts_that_are_brought_at_once_arrive_once_each,
    texts_that_are_sent_at_once_are_accepted_once_each,
    texts_between_tenants_at_once_arrive_once_each_in_order,
    a_text_is_refused_where_its_conversation_is_there,
);

checks!(
    faults:
    a_text_to_one_that_is_given_up_is_there_as_a_whole_or_not_at_all,
    a_chat_message_that_is_given_up_is_there_as_a_whole_or_not_at_all,
    a_send_that_is_given_up_is_there_as_a_whole_or_not_at_all,
    a_job_that_is_given_up_is_done_once,
    a_read_mark_that_is_given_up_counts_as_a_whole_or_not_at_all,
    a_clock_that_is_set_back_shuffles_and_keeps_nothing,
    jobs_of_before_the_clock_was_set_back_go_on,
    a_claim_that_ends_during_a_submission_sends_nothing_twice,
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_are_survived_on_sqlite() {
    faults(async |_| Bench::new().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_are_survived_on_postgres() {
    let cluster = cluster();
    faults(async |check| Bench::on(&cluster.database(check), crate::app::Settings::default()).await).await;
}

/// No test here is about the disk.
fn cluster() -> Cluster {
    Cluster::start(crate::testing::folder("halyard-pg-"), "-c fsync=off -c full_page_writes=off -c autovacuum=off")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_conforms() {
    all(async |_| Bench::new().await).await;
    let (address, _folder) = crate::testing::sqlite();
    the_demo_is_the_same(&address).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_conforms() {
    let cluster = cluster();
    all(async |check| Bench::on(&cluster.database(check), crate::app::Settings::default()).await).await;
    let tenants = Bench::on(&cluster.database("tenants"), crate::app::Settings::default()).await;
    a_busy_tenant_leaves_connections_to_others(&tenants).await;
    a_content_is_claimed_or_forgotten(&tenants).await;
    let servers = Bench::on(&cluster.database("servers"), crate::app::Settings::default()).await;
    a_server_that_lives_keeps_its_users(&servers).await;
    a_slow_tenant_keeps_nobody_waiting(&Bench::on(&cluster.database("slow"), crate::app::Settings::default()).await)
        .await;
    who_finds_no_connection_is_told_to_come_again(&tenants).await;
    let claims = Bench::on(&cluster.database("claims"), crate::app::Settings::default()).await;
    a_claim_passes_over_what_another_is_claiming(&claims).await;
    nobody_is_told_of_a_commit_that_may_be_lost(
        &Bench::on(&cluster.database("lost"), crate::app::Settings::default()).await,
    )
    .await;
    the_demo_is_the_same(&cluster.database("demo")).await;
}

/// PostgreSQL ends the connection that waits for the disk, as it does when it fails: whoever has begun before that is refused, and the
/// next one goes through.
async fn nobody_is_told_of_a_commit_that_may_be_lost(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let me = maya.bootstrap().await.me;
    let begun = bench.app.store.write(me.tenant.id).await.unwrap();
    let read = bench.app.store.read().await.unwrap();
    let mut other = bench.app.store.write_system().await.unwrap();
    let ended = other
        .all(
            "SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
             WHERE datname = CURRENT_DATABASE() AND query LIKE '%pg_logical_emit_message%' AND pid <> pg_backend_pid()",
            args![],
        )
        .await
        .unwrap();
    assert_eq!(ended.len(), 1);
    assert!(matches!(other.commit().await, Err(StoreError::Unavailable(_))));
    assert!(matches!(begun.commit().await, Err(StoreError::Unavailable(_))));
    assert!(matches!(read.settled().await, Err(StoreError::Unavailable(_))));
    maya.chat(&["1002"], "And on").await;
}

async fn migrating_again_changes_nothing(bench: &Bench) {
    bench.app.store.migrate().await.unwrap();
    let maya = bench.sign_in("1001@harbor").await;
    assert_eq!(maya.bootstrap().await.users.len(), 4);
}

async fn what_is_not_committed_leaves_no_trace(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let me = maya.bootstrap().await.me;
    let before = maya.bootstrap().await.cursor;
    let mut tx = bench.app.store.write(me.tenant.id).await.unwrap();
    let change = Change::UserRemoved { user: me.user.id };
    store::events::log_all(&mut tx, me.tenant.id, bench.app.env.now(), &change).await.unwrap();
    drop(tx);
    assert_eq!(maya.bootstrap().await.cursor, before);
}

/// More writers of one tenant than there are connections: others read and write meanwhile.
async fn a_busy_tenant_leaves_connections_to_others(bench: &Bench) {
    let (maya, rosa) = (bench.sign_in("1001@harbor").await, bench.sign_in("1001@atlas").await);
    let tenant = maya.bootstrap().await.me.tenant.id;
    let held = bench.app.store.write(tenant).await.unwrap();
    let waiting: Vec<_> = (0..40)
        .map(|_| {
            let store = bench.app.store.clone();
            tokio::spawn(async move { store.write(tenant).await.unwrap().commit().await })
        })
        .collect();
    // All of them have asked.
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
    rosa.chat(&["1002"], "Meanwhile").await;
    assert_eq!(maya.get("/bootstrap").await.status, 200, "also the busy one is read");
    drop(held);
    for writer in waiting {
        writer.await.unwrap().unwrap();
    }
}

/// All connections that write are in use: whoever would write is told to come again, and others read meanwhile.
async fn who_finds_no_connection_is_told_to_come_again(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let to = maya.colleagues(&["1002"]).await;
    let mut held = Vec::new();
    for _ in 0..store::WRITERS {
        held.push(bench.app.store.write_system().await.unwrap());
    }
    let id = bench.message_id();
    let (refused, ()) = tokio::join!(maya.send(id, to.clone(), "Hello"), async {
        assert_eq!(maya.get("/bootstrap").await.status, 200);
    });
    assert_eq!(refused.code(), ErrorCode::Unavailable);
    assert_eq!(refused.headers["retry-after"], "1");
    drop(held);
    assert_eq!(maya.send(id, to, "Hello").await.status, 202);
    assert_eq!(
        maya.bootstrap().await.conversations.iter().filter(|row| row.last_message().unwrap().id == id).count(),
        1
    );
}

async fn a_taken_key_is_told_apart_from_other_errors(bench: &Bench) {
    let maya = bench.sign_in("1001@harbor").await;
    let me = maya.bootstrap().await.me;
    let mut tx = bench.app.store.write_system().await.unwrap();
    let taken = store::tenants::add(&mut tx, &me.tenant, bench.app.env.now()).await;
    assert!(matches!(taken, Err(StoreError::Taken)), "{taken:?}");
}

/// The demo goes through most of the SQL: it comes out alike wherever it is made.
async fn the_demo_is_the_same(address: &str) {
    let test = TestEnv::new();
    let store = Store::open(address, Arc::new(|_| {})).await.unwrap();
    store.migrate().await.unwrap();
    assert!(crate::demo::make(&store, &test.env()).await.unwrap());
    let mut tx = store.read().await.unwrap();
    let harbor = store::tenants::by_domain(&mut tx, "harbor").await.unwrap().unwrap();
    let mut told = String::new();
    for user in store::users::directory(&mut tx, harbor.id).await.unwrap() {
        let (column, _) = store::conversations::page(&mut tx, user.id, None, 200).await.unwrap();
        let (entries, unread) = column.iter().fold((0, 0), |(e, u), row| (e + row.last_seq, u + row.unread));
        let User { extension, name, availability, status_text, .. } = user;
        let about = format!("{} conversations, {entries} entries, {unread} unread", column.len());
        writeln!(told, "{extension} {name}, {availability:?} {status_text:?}: {about}").unwrap();
        for row in column.iter().take(3) {
            let last = row.last_message().unwrap();
            let states: Vec<_> = last.deliveries.iter().map(|delivery| delivery.state).collect();
            let place = format!("{:?} {} of {} read", row.kind, row.read_seq, row.last_seq);
            writeln!(told, "    {} {place}: {:?} {states:?}", row.last_activity.0, last.body).unwrap();
        }
    }
    insta::assert_snapshot!("the_demo_is_the_same", told);
}
