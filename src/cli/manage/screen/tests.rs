//! Keys in, wishes out, and what the window shows meanwhile.

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use serde_json::{Value, json};

use super::super::view;
use super::*;

fn press(screen: &mut Screen, code: KeyCode) -> Option<Wish> {
    screen.on_event(&Event::Key(KeyEvent::from(code)))
}

fn type_in(screen: &mut Screen, text: &str) {
    for letter in text.chars() {
        assert_eq!(press(screen, KeyCode::Char(letter)), None);
    }
}

fn seen(screen: &Screen) -> String {
    let mut terminal = Terminal::new(TestBackend::new(100, 24)).unwrap();
    terminal.draw(|frame| view::draw(frame, screen)).unwrap();
    terminal.backend().to_string()
}

fn facts(page: Page, standing: Standing, items: Vec<Value>) -> Facts {
    Facts { page, standing, items, ..Facts::default() }
}

fn running() -> Standing {
    Standing::Runs(
        json!({ "state": "started", "since": "2026-11-23T09:31:07Z", "users": 3, "sessions": 4 }),
    )
}

#[test]
fn a_server_that_is_down_can_be_started() {
    let mut screen = Screen::new(Path::new("/srv/office"));
    assert_eq!(press(&mut screen, KeyCode::Char('s')), None, "nobody looked yet");
    screen.on_facts(facts(Page::Status, Standing::Down, Vec::new()));
    assert!(seen(&screen).contains("Not running") && seen(&screen).contains("Start"));
    assert_eq!(press(&mut screen, KeyCode::Char('s')), Some(Wish::Do(Deed::Start)));
    assert!(seen(&screen).contains("Starting the server"));
    assert_eq!(press(&mut screen, KeyCode::Char('s')), None, "one thing at a time");
    screen.on_done(Err(Failure::failed("The port is taken.")));
    assert!(seen(&screen).contains("The port is taken."));
    screen.on_facts(facts(Page::Status, running(), Vec::new()));
    assert!(seen(&screen).contains("Started since") && seen(&screen).contains("3, sessions 4"));
    assert_eq!(press(&mut screen, KeyCode::Char('s')), None, "it runs");
}

#[test]
fn what_is_done_to_a_row_is_asked_first() {
    let mut screen = Screen::new(Path::new("/srv/office"));
    assert_eq!(press(&mut screen, KeyCode::Char('2')), Some(Wish::Look));
    let session = |id: &str, user: &str| json!({ "id": id, "user": user });
    let items = vec![session("s1", "ada"), session("s2", "ben")];
    screen.on_facts(facts(Page::Status, running(), Vec::new()));
    assert!(seen(&screen).contains("Nobody") || !seen(&screen).contains("ada"));
    screen.on_facts(facts(Page::People, running(), items));
    press(&mut screen, KeyCode::Down);
    press(&mut screen, KeyCode::Down);
    assert_eq!(press(&mut screen, KeyCode::Char('e')), None);
    assert!(seen(&screen).contains("End this session of ben?"));
    assert_eq!(press(&mut screen, KeyCode::Char('x')), None);
    assert_eq!(press(&mut screen, KeyCode::Char('n')), None);
    assert!(screen.dialog.is_none());
    press(&mut screen, KeyCode::Char('e'));
    let wish = press(&mut screen, KeyCode::Char('y'));
    assert_eq!(wish, Some(Wish::Do(Deed::EndSession("s2".to_owned()))));
}

#[test]
fn a_new_administrators_password_is_typed_twice_and_never_shown() {
    let mut screen = Screen::new(Path::new("/srv/office"));
    press(&mut screen, KeyCode::Char('a'));
    for word in ["root", "secret one", "secret two"] {
        type_in(&mut screen, word);
        assert_eq!(press(&mut screen, KeyCode::Enter), None);
    }
    let shown = seen(&screen);
    assert!(shown.contains("differ") && !shown.contains("secret"), "{shown}");
    type_in(&mut screen, "secret one");
    press(&mut screen, KeyCode::Tab);
    type_in(&mut screen, "secret one");
    let Some(Wish::Do(deed)) = press(&mut screen, KeyCode::Enter) else { panic!("{shown}") };
    assert!(!format!("{deed:?}").contains("secret"));
    let (name, password) = ("root".to_owned(), "secret one".to_owned());
    assert_eq!(deed, Deed::AddAdministrator { name, password });
    // What is told once stays until it was read.
    screen.on_done(Ok("Added.\n\nRecovery code: abc".to_owned()));
    assert_eq!(press(&mut screen, KeyCode::Char('q')), None);
    assert!(seen(&screen).contains("Recovery code: abc"));
    press(&mut screen, KeyCode::Enter);
    assert_eq!(press(&mut screen, KeyCode::Char('q')), Some(Wish::Leave));
}

#[test]
fn every_page_is_reached_by_its_number_and_in_turn() {
    let mut screen = Screen::new(Path::new("/srv/office"));
    for (at, page) in Page::ALL.into_iter().enumerate() {
        let digit = char::from(b'1' + u8::try_from(at).unwrap());
        assert_eq!(press(&mut screen, KeyCode::Char(digit)), Some(Wish::Look));
        assert_eq!(screen.page(), page);
        assert!(seen(&screen).contains(page.title()));
    }
    press(&mut screen, KeyCode::Tab);
    assert_eq!(screen.page(), Page::Status);
    press(&mut screen, KeyCode::BackTab);
    assert_eq!(screen.page(), Page::Log);
    assert_eq!(press(&mut screen, KeyCode::Char('9')), None);
}

#[test]
fn a_window_of_any_size_is_drawn() {
    let mut screen = Screen::new(Path::new("/srv/office"));
    let items = vec![json!({ "id": "1", "user": "x".repeat(300) })];
    press(&mut screen, KeyCode::Char('2'));
    screen.on_facts(facts(Page::People, running(), items));
    press(&mut screen, KeyCode::Char('e'));
    for (width, height) in [(1, 1), (5, 3), (20, 8), (300, 90)] {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| view::draw(frame, &screen)).unwrap();
    }
}
