use super::*;
use crate::refusal::Why;
use proptest::prelude::*;

const USUAL: &str = "id:0123456789 sub:001 dlvrd:001 submit date:2611291200 done date:2611291201 stat:DELIVRD err:000 text:id:5 stat:UND";

fn of(text: &str) -> DeliveryReceipt {
    read(text, Parameters::default()).unwrap()
}

#[test]
fn the_usual_form_is_read() {
    let receipt = of(USUAL);
    assert_eq!(receipt.ids, ["0123456789"]);
    assert_eq!(receipt.state, Some(State::Delivered));
    assert_eq!((receipt.error.as_str(), receipt.done.as_str()), ("000", "2611291201"));
    assert_eq!(receipt.reported(), Some(Reported::Delivered));
}

#[test]
fn keys_come_in_any_case_and_order_and_may_be_missing() {
    let receipt = of("Stat: UNDELIV  Done_Date:2611291201 ERR:0011 ID: aB-12");
    assert_eq!((receipt.ids.as_slice(), receipt.state), (&["aB-12".to_owned()][..], Some(State::Undeliverable)));
    assert_eq!(receipt.error, "0011");
    let receipt = of("id:7 stat:");
    assert_eq!((receipt.state, receipt.reported()), (None, None));
    assert_eq!(of("id=7,stat=EXPIRED,err=4").state, Some(State::Expired));
    assert_eq!(of("id:9 stat:NEWWORD").state, None);
    assert_eq!(of("id:9 dlvrd: stat:REJECTD").state, Some(State::Rejected));
    assert_eq!(of("id:ab:12 stat:DELIVRD").ids, ["ab:12"]);
    // A key inside of a word is none.
    assert_eq!(of("grid:5 id:7 state:x estat:DELIVRD").state, None);
    assert_eq!(read("hello", Parameters::default()), None);
    assert_eq!(read("id: stat:DELIVRD", Parameters::default()), None);
    assert_eq!(read("", Parameters::default()), None);
}

#[test]
fn parameters_say_it_better() {
    let parameters = Parameters { message_id: Some("ab12"), state: Some(5), network_error: Some((3, 1)) };
    let receipt = read("id:43794 stat:DELIVRD err:000", parameters).unwrap();
    assert_eq!(receipt.ids, ["ab12", "43794"]);
    let Some(Reported::Failed(refusal)) = receipt.reported() else { panic!("not failed") };
    assert_eq!((refusal.why, refusal.code.as_str()), (Why::NoSuchNumber, "1"));
    // Alone, and with a state that does not exist.
    let parameters = Parameters { message_id: Some("ab12"), state: Some(99), network_error: None };
    assert_eq!(read("", parameters).unwrap().reported(), None);
}

#[test]
fn each_state_is_reported() {
    let reported = |state: &str| of(&format!("id:1 stat:{state} err:042")).reported();
    assert_eq!(reported("DELIVRD"), Some(Reported::Delivered));
    assert_eq!(reported("ENROUTE"), Some(Reported::Sent));
    assert_eq!(reported("ACCEPTD"), Some(Reported::Sent));
    assert_eq!(reported("UNKNOWN"), None);
    for state in ["EXPIRED", "DELETED", "UNDELIV", "REJECTD"] {
        let Some(Reported::Failed(refusal)) = reported(state) else { panic!("{state} is not a failure") };
        assert_eq!(refusal.code, "42");
        assert!(!refusal.words.is_empty());
    }
    assert_eq!((0..=255).filter_map(State::numbered).count(), 8);
}

#[test]
fn ids_are_found_in_any_form() {
    let finds = |taken: &str, receipt: &str, ids| candidates(receipt, ids).contains(&kept_form(taken, ids));
    assert!(finds("0A1B2C3D", "169552957", Ids::Auto));
    assert!(finds("0A1B2C3D", "0169552957", Ids::HexThenDecimal));
    assert!(finds("169552957", "0a1b2c3d", Ids::DecimalThenHex));
    assert!(finds("169552957", "A1B2C3D", Ids::Auto));
    assert!(finds("0000123", "123", Ids::Auto));
    assert!(finds("abc-DEF", "ABC-def", Ids::Auto));
    assert!(finds("abc-DEF", " abc-DEF\r", Ids::AsIs));
    assert!(!finds("abc-DEF", "ABC-DEF", Ids::AsIs));
    assert!(!finds("0A1B2C3D", "169552957", Ids::AsIs));
    assert!(finds("000", "0", Ids::Auto));
    // The same is tried first, and what is too long for a number is only itself.
    assert_eq!(candidates("10", Ids::Auto), ["10", "a", "16"]);
    assert_eq!(candidates(&"9".repeat(64), Ids::Auto), ["9".repeat(64)]);
    assert_eq!(candidates(" ", Ids::Auto), Vec::<String>::new());
}

proptest! {
    #[test]
    fn any_text_is_read(text in any::<String>(), id in prop::option::of(any::<String>()), state in any::<u8>(), error in any::<(u8, u16)>()) {
        let parameters = Parameters { message_id: id.as_deref(), state: Some(state), network_error: Some(error) };
        if let Some(receipt) = read(&text, parameters) {
            prop_assert!((1..=2).contains(&receipt.ids.len()));
            let _ = receipt.reported();
            for id in &receipt.ids {
                for ids in [Ids::AsIs, Ids::HexThenDecimal, Ids::DecimalThenHex, Ids::Auto] {
                    prop_assert!(candidates(id, ids).len() <= 3);
                }
            }
        }
    }

    #[test]
    fn what_is_written_is_read(id in "[0-9a-zA-Z-]{1,64}", place in 0_usize..8, keys in Just(vec![0, 1, 2, 3, 4]).prop_shuffle()) {
        const STATES: [&str; 8] = ["ENROUTE", "DELIVRD", "EXPIRED", "DELETED", "UNDELIV", "ACCEPTD", "UNKNOWN", "REJECTD"];
        let written = [
            format!("id:{id}"), "sub:001".to_owned(), "done date:2611291201".to_owned(), format!("stat:{}", STATES[place]), "err:007".to_owned(),
        ];
        let text: Vec<&str> = keys.iter().map(|key| written[*key].as_str()).collect();
        let receipt = of(&text.join(" "));
        prop_assert_eq!(&receipt.ids, &[id]);
        prop_assert_eq!(receipt.state, State::named(STATES[place]));
        prop_assert_eq!(receipt.error, "007");
        prop_assert_eq!(receipt.done, "2611291201");
    }

    #[test]
    fn a_number_is_found_however_it_is_written(number in any::<u64>(), zeros in 0_usize..8) {
        let (hex, decimal) = (format!("{}{number:X}", "0".repeat(zeros)), format!("{}{number}", "0".repeat(zeros)));
        prop_assert!(candidates(&decimal, Ids::Auto).contains(&kept_form(&hex, Ids::Auto)));
        prop_assert!(candidates(&hex, Ids::Auto).contains(&kept_form(&decimal, Ids::Auto)));
    }
}
