//! Nothing of the time that the person keeps for themselves: neither by an event's end, nor by what is between two heartbeats.

use super::*;
use crate::agent::hours;
use crate::domain::time::{HOUR_MS, MINUTE_MS, SECOND_MS};
use jiff::tz::TimeZone;

/// The 2nd of November 2026, a Monday, so many minutes after midnight where the computer is.
fn clock(minute: u64) -> Timestamp {
    let day: jiff::civil::Date = "2026-11-02".parse().unwrap();
    let midnight = day.to_zoned(TimeZone::system()).unwrap().timestamp();
    Timestamp::new(midnight.as_millisecond()).unwrap().plus_ms(minute * MINUTE_MS)
}

fn heartbeat(start: Timestamp, duration_ms: u64, app: &str, pulsetime_ms: u64) -> ActivityCommand {
    let event = NewEvent { start, duration_ms, ..event(0, app) };
    ActivityCommand::Heartbeat { device: HERE, name: name("w"), event, pulsetime_ms }
}

async fn opened(data: &Data) -> ActivityBook {
    let book = open(data, HoursOnly, false);
    book.change(HERE, create("w")).await.unwrap();
    book
}

/// `app from-to` in seconds after `clock(0)`, oldest first.
fn stored(book: &ActivityBook) -> Vec<String> {
    let tell = |event: &Event| {
        let second = |at: Timestamp| at.ms_since(clock(0)) as f64 / 1_000.0;
        format!(
            "{} {}-{}",
            event.data.app.as_deref().unwrap(),
            second(event.start),
            second(event.end())
        )
    };
    content(&book.state)[0].2.iter().rev().map(tell).collect()
}

/// As aw-watcher-afk tells of somebody who is away: the same begin, longer every time.
#[tokio::test]
async fn who_comes_back_outside_the_hours_is_not_seen() {
    let data = Data::new();
    hours::set(&data.folder(), "mon-fri 08:00-18:00").unwrap();
    let book = opened(&data).await;
    let mut server = Server::new(&data);
    let left = clock(17 * 60 + 50);
    for minute in 4..130 {
        book.change(HERE, heartbeat(left, minute * MINUTE_MS, "afk", 185 * SECOND_MS))
            .await
            .unwrap();
        if minute > 15 {
            deliver(&book, &mut server).await;
            assert_eq!(server.applied, 2, "nothing tells that somebody is still away");
        } else if minute == 15 {
            deliver(&book, &mut server).await;
        }
    }
    book.change(HERE, heartbeat(clock(20 * 60), 0, "not-afk", 185 * SECOND_MS)).await.unwrap();
    assert_eq!(stored(&book), ["afk 64200-64800"], "until 18:00");
    let whole =
        NewEvent { start: clock(17 * 60), duration_ms: 24 * HOUR_MS, ..event(0, "brought") };
    let insert = ActivityCommand::InsertEvents {
        device: HERE,
        name: name("w"),
        events: vec![whole],
        skip_known: SkipKnown::Yes,
    };
    book.change(HERE, insert).await.unwrap();
    assert_eq!(stored(&book), ["brought 61200-64800", "afk 64200-64800"]);
}

#[tokio::test]
async fn an_absence_over_a_pause_ends_with_its_begin() {
    let data = Data::new();
    let book = opened(&data).await;
    pause(&data.folder(), Wish::On, clock(10), &TimeZone::UTC).unwrap();
    pause(&data.folder(), Wish::Off, clock(20), &TimeZone::UTC).unwrap();
    for minute in [25, 26] {
        book.change(HERE, heartbeat(clock(0), minute * MINUTE_MS, "afk", 0)).await.unwrap();
    }
    assert_eq!(stored(&book), ["afk 0-600"]);
}

#[tokio::test]
async fn heartbeats_are_not_joined_over_what_is_not_to_be_known() {
    let data = Data::new();
    redaction::add(&data.folder(), "drop app = KeePassXC").unwrap();
    let book = opened(&data).await;
    let beat = async |second: u64, app| {
        let command = heartbeat(clock(0).plus_ms(second * SECOND_MS), 0, app, 60 * SECOND_MS);
        book.change(HERE, command).await.unwrap();
    };
    beat(0, "a").await;
    beat(30, "a").await;
    pause(&data.folder(), Wish::On, clock(0).plus_ms(31_000), &TimeZone::UTC).unwrap();
    pause(&data.folder(), Wish::Off, clock(0).plus_ms(50_000), &TimeZone::UTC).unwrap();
    beat(60, "a").await;
    beat(70, "a").await;
    beat(80, "KeePassXC").await;
    beat(95, "a").await;
    beat(99, "a").await;
    hours::set(&data.folder(), "mon 00:00-00:02; mon 00:03-24:00").unwrap();
    beat(119, "a").await;
    beat(150, "a").await;
    beat(180, "a").await;
    assert_eq!(stored(&book), ["a 0-30", "a 60-70", "a 95-119", "a 180-180"]);
    hours::set(&data.folder(), "always").unwrap();
    beat(210, "a").await;
    assert_eq!(stored(&book).last().unwrap(), "a 180-210");
}

#[tokio::test]
async fn an_order_to_erase_that_was_not_carried_out_counts_after_a_restart() {
    let data = Data::new();
    let book = opened(&data).await;
    drop(book);
    let order = crate::domain::erasure::EraseOrder {
        office: identity().office,
        device: identity().device,
        asked: clock(0),
    };
    Erased::begin(&data.folder(), &order, clock(0)).unwrap();
    let book = open(&data, HoursOnly, false);
    assert!(book.is_erased());
    let answer = book.change(HERE, heartbeat(clock(0), 0, "a", 0)).await.unwrap();
    assert!(matches!(answer, Outcome::Event(event) if event.id == EventId(0)));
    assert_eq!(stored(&book), [""; 0]);
}

#[tokio::test]
async fn a_history_leaves_under_the_policy_of_its_time() {
    use crate::agent::identity::store_policy;
    let data = Data::new();
    store_policy(&data.folder(), FullDetail, clock(10)).unwrap();
    let book = open(&data, FullDetail, false);
    book.change(HERE, create("w")).await.unwrap();
    let bring = async |events| {
        let skip_known = SkipKnown::Yes;
        let insert =
            ActivityCommand::InsertEvents { device: HERE, name: name("w"), events, skip_known };
        book.change(HERE, insert).await.unwrap()
    };
    let at = |minute, app| NewEvent { start: clock(minute), duration_ms: 5, ..event(0, app) };
    bring(vec![at(5, "before"), at(15, "after")]).await;
    let policies = || -> Vec<_> { content(&book.state)[0].2.iter().map(|e| e.policy).collect() };
    assert_eq!(policies(), [FullDetail, HoursOnly]);
    // What is known, or left out, is told apart; an event that went on keeps its policy.
    redaction::add(&data.folder(), "drop app = x").unwrap();
    let longer = NewEvent { duration_ms: 9, ..at(5, "before") };
    let told = bring(vec![at(15, "after"), at(20, "x"), longer]).await;
    assert_eq!(told, Outcome::Inserted(vec![None, Some(EventId(0)), Some(EventId(1))]));
    assert_eq!(policies(), [FullDetail, HoursOnly]);
    assert_eq!(stored(&book), ["before 300-300.009", "after 900-900.005"]);
    // A rule that comes, and goes again: still the same event, and what was hidden stays so.
    redaction::add(&data.folder(), "mask app = m").unwrap();
    for rule in 2..4 {
        let none = [Some(EventId(3)), None][usize::from(rule == 3)];
        assert_eq!(bring(vec![at(25, "m")]).await, Outcome::Inserted(vec![none]));
        redaction::set_own(&data.folder(), "drop app = x").unwrap();
    }
    assert_eq!(stored(&book).len(), 3);
}
