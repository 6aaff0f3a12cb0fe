//! Files as the products make them, and what is wrong with others.

use jiff::civil::date;

use super::*;

const TOGGL: &str = "\u{feff}User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags,Amount (EUR)\n\
    Ada L.,ada@office.test,,Inner works,,\"\",No,2024-03-04,10:23:52,2024-03-04,10:23:52,00:00:00,\"Development, Backend\",\n\
    Ada L.,ada@office.test,Big & Co,Website,Design,\"line one\nline two\",Yes,2024-03-04,23:30:00,2024-03-05,00:30:00,01:00:00,,11.11\n";

const CLOCKIFY: &str = "\"Project\",\"Client\",\"Description\",\"Task\",\"User\",\"Group\",\"Email\",\"Tags\",\"Billable\",\"Start Date\",\"Start Time\",\"End Date\",\"End Time\",\"Duration (h)\",\"Duration (decimal)\"\n\
    \"Website\",\"Big & Co\",\"Working\",\"Task 1\",\"Ada\",\"\",\"ada@office.test\",\"a, b\",\"Yes\",\"03/14/2024\",\"10:23 AM\",\"03/14/2024\",\"1:23:01 PM\",\"03:00:01\",\"3.00\"\n";

const KIMAI: &str = "\"Date\";\"From\";\"To\";\"Duration\";\"Rate\";\"User\";\"Customer\";\"Project\";\"Activity\";\"Description\";\"Exported\";\"Tags\"\n\
    \"2020-05-04\";\"23:50\";\"00:51\";\"3660\";\"231.92\";\"ada\";\"Customer LLC\";\"My project\";\"Testing\";\"some work\";\"0\";\"foo,bar\"\n\
    \"2020-05-05\";\"2020-05-05 12:00\";\"2020-05-05 12:06\";\"360\";\"0\";\"ada\";\"Customer LLC\";\"My project\";\"Testing\";\"\";\"0\";\"\"\n";

/// The same in German.
const KIMAI_DE: &str = include_str!("../../../fuzz/seeds/import_kimai/german");

const TIMETAGGER: &str = "key\tstart\tstop\ttags\tdescription\n\
    abc\t2022-01-01T00:00:00Z\t2022-01-01T01:00:00Z\t#web #big\tworked on #web for #big\n\
    def\t1641000000\t1641003600\t\tno tags\n\
    ghi\t2022-01-01 09:30:00\t2022-01-01 10:00:00\t\twall clock\n";

#[track_caller]
fn good(source: Source, text: &str) -> Vec<ImportRow> {
    let file = read(source, text.as_bytes(), None).unwrap();
    assert_eq!(file.faults, []);
    file.rows
}

fn names(labels: &[Label]) -> Vec<&str> {
    labels.iter().map(Label::as_str).collect()
}

fn wall(day: (i16, i8, i8), hour: i8, minute: i8, second: i8) -> ImportMoment {
    ImportMoment::Wall(date(day.0, day.1, day.2).at(hour, minute, second, 0))
}

#[test]
fn each_product_is_read_as_it_exports() {
    let rows = good(Source::Toggl, TOGGL);
    assert_eq!(names(&rows[0].tags), ["Development", "Backend"]);
    assert_eq!((rows[0].line, rows[1].line), (2, 3));
    assert_eq!(rows[1].note.as_str(), "line one\nline two");
    assert_eq!(rows[1].customer.as_ref().map(Label::as_str), Some("Big & Co"));
    assert_eq!((rows[0].billable, rows[1].billable), (Some(false), Some(true)));
    assert_eq!(rows[1].end, wall((2024, 3, 5), 0, 30, 0));

    let rows = good(Source::Clockify, CLOCKIFY);
    assert_eq!(rows[0].start, wall((2024, 3, 14), 10, 23, 0));
    assert_eq!(rows[0].end, wall((2024, 3, 14), 13, 23, 1));
    assert_eq!(rows[0].email.as_deref(), Some("ada@office.test"));

    let rows = good(Source::Kimai, KIMAI);
    assert_eq!(rows[0].end, wall((2020, 5, 5), 0, 51, 0), "past midnight");
    assert_eq!(rows[1].start, wall((2020, 5, 5), 12, 0, 0));
    assert_eq!(rows[0].task.as_ref().map(Label::as_str), Some("Testing"));

    // A seed begins with a byte for the fuzzer.
    let rows = good(Source::Kimai, KIMAI_DE.strip_prefix('0').unwrap());
    assert_eq!(rows[0].end, wall((2020, 5, 5), 0, 51, 0), "past midnight");
    assert_eq!((rows[0].billable, rows[1].billable), (Some(true), Some(false)));
    assert_eq!(rows[0].customer.as_ref().map(Label::as_str), Some("Müller & Söhne"));
    assert_eq!(rows[1].task.as_ref().map(Label::as_str), Some("Prüfung"));
    assert_eq!(
        (rows[1].user.as_deref(), names(&rows[0].tags)),
        (Some("ada"), vec!["eins", "zwei"])
    );

    let rows = good(Source::Timetagger, TIMETAGGER);
    assert_eq!(names(&rows[0].tags), ["web", "big"]);
    let at = |ms| ImportMoment::At(Timestamp::new(ms).unwrap());
    assert_eq!((rows[0].start, rows[1].start), (at(1_640_995_200_000), at(1_641_000_000_000)));
    assert_eq!(rows[2].start, wall((2022, 1, 1), 9, 30, 0));
    assert_eq!(rows[0].key.as_deref(), Some("abc"));
}

#[test]
fn json_is_read_too() {
    let clockify = r#"{"totals":[null],"timeentries":[{"_id":"5e","description":"d","userName":"Ada","userEmail":"a@b.c",
        "projectName":"P","clientName":"C","billable":true,"tags":[{"name":"t","_id":"1"}],"taskId":null,
        "timeInterval":{"start":"2024-03-04T10:00:00Z","end":"2024-03-04T11:00:00+00:00","duration":3600}}]}"#;
    let rows = good(Source::Clockify, clockify);
    assert_eq!((rows[0].key.as_deref(), names(&rows[0].tags)), (Some("5e"), vec!["t"]));
    let timetagger = r##"{"records":[{"key":"k","mt":1,"t1":1640995200,"t2":1640998800,"ds":"on #web","st":0.5}]}"##;
    assert_eq!(names(&good(Source::Timetagger, timetagger)[0].tags), ["web"]);
    let running = timetagger.replace("1640998800", "1640995200");
    let file = read(Source::Timetagger, running.as_bytes(), None).unwrap();
    assert!(file.faults[0].why.contains("still runs"));
    let broken = read(Source::Clockify, b"{\"timeentries\":7}", None);
    assert!(matches!(broken, Err(BadFile::NotTheirJson(_))));
}

const TOGGL_JSON: &str = include_str!("../../../fuzz/seeds/import_toggl/json");
const KIMAI_JSON: &str = include_str!("../../../fuzz/seeds/import_kimai/json");

#[test]
fn toggl_and_kimai_are_read_as_their_servers_answer() {
    // A seed begins with a byte for the fuzzer.
    let (toggl, kimai) = (&TOGGL_JSON[1..], &KIMAI_JSON[1..]);
    let rows = good(Source::Toggl, toggl);
    let at = |text: &str| {
        let at: jiff::Timestamp = text.parse().unwrap();
        ImportMoment::At(Timestamp::new(at.as_millisecond()).unwrap())
    };
    assert_eq!(
        (rows[0].start, rows[0].end),
        (at("2026-10-01T08:00:00Z"), at("2026-10-01T09:30:00Z"))
    );
    assert_eq!((rows[0].key.as_deref(), names(&rows[0].tags)), (Some("17"), vec!["travel"]));
    assert_eq!(rows[0].customer.as_ref().map(Label::as_str), Some("Acme"));
    assert_eq!(rows[1].project, None);
    let nameless = toggl.replace("\"project_name\":\"Website\",", "");
    let file = read(Source::Toggl, nameless.as_bytes(), None).unwrap();
    assert!(file.faults[0].why.contains("meta=true"), "{:?}", file.faults);
    let running = toggl.replace("\"2026-10-01T09:30:00Z\"", "null");
    let file = read(Source::Toggl, running.as_bytes(), None).unwrap();
    assert!(file.faults[0].why.contains("still runs"));

    let rows = good(Source::Kimai, kimai);
    assert_eq!(
        (rows[0].start, rows[0].end),
        (at("2026-10-01T08:00:00Z"), at("2026-10-01T09:30:00Z"))
    );
    let named = [&rows[0].customer, &rows[0].project, &rows[0].task];
    let named = named.map(|label| label.as_ref().map(Label::as_str).unwrap());
    assert_eq!(named, ["Acme", "Website", "Design"]);
    assert_eq!((rows[0].user.as_deref(), rows[0].billable), (Some("cy"), Some(true)));
    // Without full=true there are numbers in place of names.
    let numbers = read(
        Source::Kimai,
        br#"[{"id":1,"begin":"2026-10-01T10:00:00+0200","project":3,"activity":2,"user":1}]"#,
        None,
    );
    assert!(matches!(numbers, Err(BadFile::NotTheirJson(_))));
}

#[test]
fn a_wrong_row_is_told_by_its_line_and_the_others_are_read() {
    let text = TOGGL.to_owned()
        + "Ada,a@b,,P,,short,No,2024-03-04\n\
           Ada,a@b,,P,,when,No,2024-02-30,10:00,2024-02-30,11:00,1,,\n\
           Ada,a@b,,P,,what,Perhaps,2024-03-04,10:00,2024-03-04,11:00,1,,\n\
           \n\
           Ada,a@b,,P,,runs,No,2024-03-04,10:00,,,,,\n";
    let file = read(Source::Toggl, text.as_bytes(), None).unwrap();
    assert_eq!(file.rows.len(), 2);
    let told: Vec<_> = file.faults.iter().map(|f| (f.line, f.why.as_str())).collect();
    assert_eq!(told[0], (5, "It has 8 cells, the heading 14."));
    assert_eq!(told[1], (6, "The date cannot be read: \"2024-02-30\"."));
    assert!(told[2].1.contains("\"Perhaps\"") && told[3].1.contains("still runs"));
    let long = format!(
        "{}{},No,2024-03-04,10:00,2024-03-04,11:00,1,,\n",
        TOGGL,
        "Ada,a@b,,P,,".to_owned() + &"x".repeat(2_001)
    );
    let file = read(Source::Toggl, long.as_bytes(), None).unwrap();
    assert!(file.faults[0].why.contains("2000 characters"), "{:?}", file.faults);
}

#[test]
fn a_wrong_file_says_what_it_lacks() {
    let fault = |source, text: &str| read(source, text.as_bytes(), None).unwrap_err();
    assert_eq!(
        fault(Source::Toggl, CLOCKIFY.replace("Start Time", "Begin").as_str()),
        BadFile::NoColumn("start time")
    );
    assert_eq!(fault(Source::Kimai, "a,b\n1,2\n"), BadFile::NoColumn("date"));
    assert_eq!(fault(Source::Kimai, "  \n"), BadFile::Empty);
    assert_eq!(
        fault(Source::Timetagger, "key,key,start,stop,description\n"),
        BadFile::TwoColumns("key".to_owned())
    );
    assert_eq!(read(Source::Toggl, b"\xff\xfe", None), Err(BadFile::NotText));
    let many = "key,start,stop,description\n".to_owned()
        + &"a,1641000000,1641000001,d\n".repeat(MOST_ROWS + 1);
    assert_eq!(fault(Source::Timetagger, &many), BadFile::TooManyRows);
    assert_eq!(read(Source::Toggl, &vec![b'a'; MOST_FILE_BYTES + 1], None), Err(BadFile::TooLong));
}

#[test]
fn days_and_months_are_never_guessed() {
    let doubtful = CLOCKIFY.replace("03/14/2024", "03/04/2024");
    let read = |dates| super::read(Source::Clockify, doubtful.as_bytes(), dates);
    assert_eq!(read(None), Err(BadFile::AmbiguousDates("03/04/2024".to_owned())));
    assert_eq!(read(Some(DateOrder::Mdy)).unwrap().rows[0].start, wall((2024, 3, 4), 10, 23, 0));
    assert_eq!(read(Some(DateOrder::Dmy)).unwrap().rows[0].start, wall((2024, 4, 3), 10, 23, 0));
}
