//! The list of [`halyard_client::storage::conformance`], run on IndexedDB and WebCrypto in a real browser.

use std::cell::RefCell;
use std::rc::Rc;

use halyard_client::Event;
use halyard_client::storage::conformance;
use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;

use super::Database;

const NAME: &str = "halyard-conformance";

/// Runs the list on a database of its own. Gives what did not come as it has to: nothing, if all is well.
#[wasm_bindgen(js_name = halyardConformance)]
#[must_use]
pub fn run() -> Promise {
    wasm_bindgen_futures::future_to_promise(async {
        if let Ok(deleting) = indexed_db_futures::database::Database::delete_by_name(NAME) {
            let _ = deleting.await;
        }
        let failures = Array::new();
        let answers = Rc::new(RefCell::new(Vec::new()));
        let heard = answers.clone();
        let database = Database::named(
            NAME,
            Rc::new(move |event| {
                if let Event::Db(answer) = event {
                    heard.borrow_mut().push(answer);
                }
            }),
        );
        for step in conformance::steps() {
            database.run(step.command);
            // Whoever works off the commands says so when there is none left.
            while database.shared.working.get() {
                gloo_timers::future::TimeoutFuture::new(0).await;
            }
            let answer = answers.borrow_mut().pop();
            if answer != step.answer {
                failures.push(&format!("{}: {answer:?} instead of {:?}", step.says, step.answer).into());
            }
        }
        Ok(failures.into())
    })
}
