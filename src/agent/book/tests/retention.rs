//! What is kept here as long as at the office, and no longer: month by month, and only what the office has safe.

use super::*;
use crate::agent::keeping::Keeping;
use crate::domain::activity::BucketNumber;
use crate::domain::tier::{BlockPart, utc_month};
use crate::domain::time::DAY_MS;
use crate::store::Write;
use crate::store::tables::BlockParts;
use crate::wire::v1::sync::Keeps;

/// The 22nd of November 2026.
fn now() -> Timestamp {
    at(1_795_333_311_000)
}

fn hear(data: &Data, when: Timestamp) {
    let keeps = Keeps { detail_days: 90, totals_months: 24 };
    Keeping::of(&keeps, when).unwrap().store(&data.folder()).unwrap();
}

/// A book with an event a week for three years, the last of them now, all of it delivered.
async fn three_years(data: &Data, server: &mut Server) -> ActivityBook {
    let book = open(data, FullDetail, false);
    book.change(HERE, create("w")).await.unwrap();
    let weeks: Vec<_> = (0..156_u64).rev().map(|week| now().minus_ms(week * 7 * DAY_MS)).collect();
    for start in weeks {
        let events = vec![NewEvent { start, duration_ms: 5_000, ..event(0, "a") }];
        let skip_known = SkipKnown::No;
        let insert =
            ActivityCommand::InsertEvents { device: HERE, name: name("w"), events, skip_known };
        book.change(HERE, insert).await.unwrap();
    }
    deliver(&book, server).await;
    book
}

fn events(state: &State) -> Vec<Event> {
    content(state).remove(0).2.into_iter().rev().collect()
}

#[tokio::test]
async fn months_lose_their_detail_and_then_go_and_the_office_hears_nothing() {
    let data = Data::new();
    let mut server = Server::new(&data);
    let book = three_years(&data, &mut server).await;
    let (all, there) = (events(&book.state), events(&server.state));
    assert_eq!(all.len(), 156);
    // Not before the office has said how long, of late, and has it safe.
    let unchanged = async || {
        book.tidy(now()).await.unwrap();
        assert_eq!(events(&book.state), all);
    };
    unchanged().await;
    hear(&data, now().minus_ms(2 * DAY_MS));
    unchanged().await;
    assert_eq!(book.kept(now()).await.unwrap().unwrap().held.as_deref(), Some("late"));
    hear(&data, now());
    unchanged().await;
    assert_eq!(book.kept(now()).await.unwrap().unwrap().held.as_deref(), Some("unsafe"));
    acknowledge(&book, Receipt { safe_seq: server.applied, ..server.receipt() }).await;
    let kept = book.kept(now()).await.unwrap().unwrap();
    assert_eq!((kept.held, kept.months.len()), (None, 36));
    assert!(kept.months[0].month == "2023-12" && kept.months[0].detail_goes.is_some());
    book.tidy(now()).await.unwrap();

    let left = events(&book.state);
    let (detail, totals) = (at(1_785_542_400_000), at(1_730_419_200_000));
    assert_eq!((utc_month(detail).from, utc_month(totals).from), (detail, totals));
    assert!(left[0].start >= totals && left[0].start < totals.plus_ms(7 * DAY_MS));
    assert_eq!(left.len(), all.iter().filter(|event| event.start >= totals).count());
    for event in &left {
        assert_eq!(event.data.title.is_none(), event.start < detail, "{}", event.start.ms());
        assert_eq!(event.data.app.as_deref(), Some("a"));
    }
    assert_eq!(book.counts().await.unwrap().waiting, 0);
    assert_eq!(events(&server.state), there);
    let kept = book.kept(now()).await.unwrap().unwrap();
    let detailed: Vec<_> =
        kept.months.iter().filter(|m| m.detail_goes.is_some()).map(|m| &m.month).collect();
    assert_eq!(detailed, ["2026-08", "2026-09", "2026-10", "2026-11"]);
    assert_eq!((kept.months[0].month.as_str(), kept.months.len()), ("2024-11", 25));
    book.tidy(now()).await.unwrap();
    assert_eq!(events(&book.state), left);
}

/// What was brought in late is as old as it is, but the office does not have it safe yet.
#[tokio::test]
async fn what_the_office_does_not_have_safe_stays() {
    let data = Data::new();
    let mut server = Server::new(&data);
    let book = three_years(&data, &mut server).await;
    hear(&data, now());
    acknowledge(&book, Receipt { safe_seq: server.applied, ..server.receipt() }).await;
    let late = now().minus_ms(400 * DAY_MS);
    let events = vec![NewEvent { start: late, duration_ms: 5_000, ..event(0, "late") }];
    let (device, name, skip_known) = (HERE, name("w"), SkipKnown::Yes);
    let insert = ActivityCommand::InsertEvents { device, name, events, skip_known };
    book.change(HERE, insert).await.unwrap();
    book.tidy(now()).await.unwrap();
    let month = utc_month(late).from;
    let has_title = |event: &Event| event.data.title.is_some();
    let left = self::events(&book.state);
    assert!(left.iter().all(|event| has_title(event) == (event.start >= month)));
    deliver(&book, &mut server).await;
    book.tidy(now()).await.unwrap();
    assert_eq!(self::events(&book.state), left, "delivered is not safe");
    acknowledge(&book, Receipt { safe_seq: server.applied, ..server.receipt() }).await;
    book.tidy(now()).await.unwrap();
    assert!(self::events(&book.state).iter().filter(|event| has_title(event)).count() < 20);
}

/// Years of a book that were packed and went leave a file of their length, until it is written anew while somebody records.
#[tokio::test]
async fn the_file_gives_back_what_went() {
    let data = Data::new();
    let mut server = Server::new(&data);
    let book = three_years(&data, &mut server).await;
    let path = book.state.path().to_owned();
    let length = || std::fs::metadata(&path).unwrap().len();
    let small = length();
    let key = |n: u64| ((BucketNumber(900), at(0), EventId(n)), 0_u32);
    for from in (0..600).step_by(100) {
        let put = move |desk: &mut Desk<'_>| {
            let part = BlockPart { bytes: vec![7; 30_000] };
            (from..from + 100).try_for_each(|n| desk.writer.put::<BlockParts>(&key(n), &part))
        };
        book.write(put).await.unwrap();
    }
    book.tidy(now()).await.unwrap();
    let long = length();
    assert!(long > small + 16_000_000, "nothing went yet: {small}, {long}");
    let gone = |n: &u64| *n != 300;
    let delete = move |desk: &mut Desk<'_>| {
        (0..600).filter(gone).try_for_each(|n| desk.writer.delete::<BlockParts>(&key(n)).map(drop))
    };
    book.write(delete).await.unwrap();
    let all = events(&book.state);
    let reading = book.state.read().unwrap();
    let next = beat("w", now().ms() + 1, "b");
    let (tidied, recorded) = tokio::join!(book.tidy(now()), book.change(HERE, next));
    tidied.unwrap();
    recorded.unwrap();
    assert!(length() < long / 4, "{} of {long}", length());
    assert_eq!(activity::buckets(&reading, HERE).unwrap().len(), 1, "whoever reads reads on");
    drop(reading);
    assert_eq!(events(&book.state).len(), all.len() + 1);
    book.change(HERE, beat("w", now().ms() + 70_000, "c")).await.unwrap();
    let kept = events(&book.state);
    drop(book);
    // What was broken off goes with the next start, and all that was answered is there.
    std::fs::write(path.with_extension("redb.fresh"), b"half").unwrap();
    let book = open(&data, FullDetail, false);
    assert!(!path.with_extension("redb.fresh").exists());
    assert_eq!(events(&book.state), kept);
    assert!(book.state.read().unwrap().get::<BlockParts>(&key(300)).unwrap().is_some());
}
