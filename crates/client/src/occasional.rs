//! What one does now and then: writing and importing contacts, settings, the palette, undoing. A room of its own, because
//! its code need not be there before somebody does it (`xtask/split`).

use crate::api::Call;
use crate::env::Env;
use crate::event::{HttpOutcome, Ui};
use crate::softphone::Softphone;
use crate::update::Update;

impl Softphone {
    #[inline(never)]
    pub(crate) fn on_occasional(&mut self, ui: Ui, env: &Env, out: &mut Update) {
        match ui {
            Ui::SetFavourite(entry, on) => self.set_favourite(entry, on, out),
            Ui::NewContact(number) => self.new_contact(number, env, out),
            Ui::EditContact(id) => self.edit_contact(id, out),
            Ui::ContactForm(field) => self.contact_field(field, out),
            Ui::SaveContact => self.save_contact(out),
            Ui::CancelContact => self.cancel_contact(out),
            Ui::DeleteContact(id) => self.delete_contact(id, env, out),
            Ui::ImportFile { name, bytes } => self.import_file(&name, &bytes, out),
            Ui::ImportShared(shared) => self.import_shared(shared, out),
            Ui::ImportToggle(row) => self.import_toggle(row, out),
            Ui::ImportConfirm => self.import_confirm(env, out),
            Ui::ImportCancel => self.import_cancel(out),
            Ui::Attach(card, files) => self.attach(card, files, env, out),
            Ui::Detach(card, id) => self.detach(card, id, out),
            Ui::ForgetSealed(user) => self.ask_forget(user, out),
            Ui::PaletteQuery(query) => self.palette_query(query, out),
            Ui::PaletteStep(by) => self.palette_step(by, out),
            Ui::PalettePick(target) => self.palette_pick(target, env, out),
            Ui::CloseOverlay => self.close_overlay(out),
            Ui::SetTitle(id, title) => self.set_title(id, title, env, out),
            Ui::SetAvailability(availability) => self.set_availability(availability, out),
            Ui::SetStatusText(text) => self.set_status_text(text, env, out),
            Ui::LoadDevices => self.requests.devices(out),
            Ui::EndDevice(id) => self.end_device(id, out),
            Ui::NoticeAction(id) => self.notice_action(id, out),
            Ui::App(asked) => self.app_asked(asked, out),
            // The rest is done every day.
            _ => {}
        }
    }

    #[inline(never)]
    pub(crate) fn occasional_answered(&mut self, call: Call, outcome: HttpOutcome, env: &Env, out: &mut Update) {
        self.cursor_moved();
        match call {
            Call::SaveContact => self.contact_saved(outcome, env, out),
            Call::DeleteContact(contact) => self.contact_deleted(*contact, outcome, env, out),
            Call::RestoreContact => self.contact_restored(outcome, env, out),
            Call::Import => self.imported(outcome, env, out),
            Call::SetFavourite(entry, on) => self.favourite_answered(entry, on, outcome, env, out),
            Call::UpdateConversation(id) => self.conversation_updated(id, outcome, env, out),
            Call::RestoreConversation(id, removals) => self.conversation_restored(id, removals, outcome, env, out),
            Call::DeleteConversation(before) => self.conversation_deleted(*before, outcome, env, out),
            Call::UpdateMe => self.me_updated(outcome, env, out),
            Call::Devices => self.devices_answered(outcome, env, out),
            Call::Upload(message, media) => self.uploaded(message, media, outcome, env, out),
            Call::EndDevice => self.device_ended(outcome, env, out),
            _ => {}
        }
    }
}
