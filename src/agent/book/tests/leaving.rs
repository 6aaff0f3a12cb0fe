//! What leaves: under the policy of its own time, and past the rules of now.

use super::*;
use crate::agent::redaction::{add, set_own};

/// What waits of events, as `app title policy`.
fn waiting(book: &ActivityBook) -> Vec<String> {
    let scope = book.state.read().unwrap();
    let rows = scope.rows::<Outbox>(KeyRange::all(), Order::Rising, usize::MAX).unwrap();
    let tell = |operation: &Operation| match operation {
        Operation::PutEvent { event, .. } => Some(format!(
            "{} {} {:?}",
            event.data.app.as_deref().unwrap_or("-"),
            event.data.title.as_deref().unwrap_or("-"),
            event.policy,
        )),
        Operation::DeleteEvent { event, .. } => Some(format!("gone {}", event.0)),
        _ => None,
    };
    rows.iter().filter_map(|(_, queued)| tell(&queued.operation)).collect()
}

fn insert(events: Vec<NewEvent>) -> ActivityCommand {
    let (device, name, skip_known) = (HERE, name("w"), SkipKnown::No);
    ActivityCommand::InsertEvents { device, name, events, skip_known }
}

#[tokio::test]
async fn a_policy_never_reaches_back_whichever_way_an_event_comes() {
    let data = Data::new();
    let book = open(&data, ActivityPolicy::AppTotals, false);
    book.change(HERE, create("w")).await.unwrap();
    book.change(HERE, beat("w", 1_100_000, "a")).await.unwrap();
    book.set_policy(FullDetail, at(1_102_000));
    book.change(HERE, beat("w", 1_101_000, "a")).await.unwrap();
    // As a watcher delivers what it kept, and as an editor of events does.
    book.change(HERE, insert(vec![event(1_050_000, "late")])).await.unwrap();
    let again = NewEvent { id: Some(EventId(1)), ..event(1_103_000, "edited") };
    book.change(HERE, insert(vec![again])).await.unwrap();
    book.change(HERE, beat("w", 1_110_000, "b")).await.unwrap();
    let told = ["a - AppTotals", "late - HoursOnly", "edited - AppTotals", "b secret FullDetail"];
    assert_eq!(waiting(&book), told);
}

#[tokio::test]
async fn a_new_rule_reaches_what_is_not_sent_yet_and_looks_at_all_of_it() {
    let data = Data::new();
    let mut server = Server::new(&data);
    let book = open(&data, HoursOnly, false);
    book.change(HERE, create("w")).await.unwrap();
    book.change(HERE, beat("w", 1_000, "sent")).await.unwrap();
    deliver(&book, &mut server).await;
    for (start, app) in [(20_000, "a"), (40_000, "b"), (60_000, "c")] {
        book.change(HERE, beat("w", start, app)).await.unwrap();
    }
    let before = content(&book.state);
    // Of the title, which stays here, a rule knows all the same.
    add(&data.folder(), "drop title = secret").unwrap();
    assert_eq!(waiting(&book).len(), 3);
    deliver(&book, &mut server).await;
    let there = content(&server.state).remove(0).2;
    let apps: Vec<_> = there.iter().map(|event| event.data.app.clone().unwrap()).collect();
    assert_eq!(apps, ["sent"], "what had gone has gone, and no more goes");
    assert_eq!(content(&book.state), before, "what is here stays here");
}

#[tokio::test]
async fn what_is_masked_by_a_new_rule_leaves_so_also_after_a_restart() {
    let data = Data::new();
    let mut server = Server::new(&data);
    let book = open(&data, HoursOnly, true);
    book.change(HERE, create("w")).await.unwrap();
    book.change(HERE, beat("w", 1_000, "a")).await.unwrap();
    book.change(HERE, beat("w", 50_000, "b")).await.unwrap();
    drop(book);
    add(&data.folder(), "mask app = a").unwrap();
    let book = open(&data, HoursOnly, true);
    deliver(&book, &mut server).await;
    let there = content(&server.state).remove(0).2;
    let told: Vec<_> = there.iter().map(|event| event.data.title.clone().unwrap()).collect();
    assert!(told[0] == "secret" && told[1] != "secret", "{told:?}");
}

#[tokio::test]
async fn rules_that_do_not_read_hold_up_what_waits_and_lose_nothing() {
    let data = Data::new();
    let mut server = Server::new(&data);
    let book = open(&data, HoursOnly, false);
    book.change(HERE, create("w")).await.unwrap();
    book.change(HERE, beat("w", 1_000, "a")).await.unwrap();
    data.folder().write("rules", "drop everything").unwrap();
    deliver(&book, &mut server).await;
    assert_eq!((server.applied, waiting(&book)), (0, vec!["a - HoursOnly".to_owned()]));
    set_own(&data.folder(), "drop app = b").unwrap();
    deliver(&book, &mut server).await;
    assert_eq!(content(&server.state), {
        let mut here = content(&book.state);
        here[0].2[0].data = content(&server.state)[0].2[0].data.clone();
        here
    });
    assert_eq!(content(&server.state)[0].2.len(), 1);
}

/// A dropped application between two heartbeats of another one stays between them when the agent is started again meanwhile.
#[tokio::test]
async fn nothing_is_joined_over_what_was_dropped_before_a_restart() {
    let data = Data::new();
    add(&data.folder(), "drop app = private").unwrap();
    let book = open(&data, HoursOnly, false);
    book.change(HERE, create("w")).await.unwrap();
    book.change(HERE, beat("w", 1_000, "a")).await.unwrap();
    book.change(HERE, beat("w", 2_000, "private")).await.unwrap();
    drop(book);
    let book = open(&data, HoursOnly, false);
    book.change(HERE, beat("w", 4_000, "a")).await.unwrap();
    book.change(HERE, beat("w", 5_000, "a")).await.unwrap();
    let stretches: Vec<_> =
        content(&book.state)[0].2.iter().map(|e| (e.start.ms(), e.duration_ms)).collect();
    assert_eq!(stretches, [(4_000, 1_000), (1_000, 0)]);
    drop(book);
    let book = open(&data, HoursOnly, false);
    book.change(HERE, beat("w", 6_000, "a")).await.unwrap();
    assert_eq!(content(&book.state)[0].2.len(), 2, "a restart alone ends nothing");
}
