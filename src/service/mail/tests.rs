//! Mail over a real door, against a mail server of a few lines.

use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::*;
use crate::consensus::DoorOptions;
use crate::domain::time::MINUTE_MS;
use crate::service::control::founding;
use crate::service::office_setting::Settings;

static NOW: AtomicI64 = AtomicI64::new(1_795_333_311_000);

fn now() -> Timestamp {
    Timestamp::new(NOW.load(Ordering::Relaxed)).unwrap()
}

fn root() -> Principal {
    Principal::Local(ShortText::cut("root"))
}

struct Desk {
    mail: Mail,
    door: Door,
    settings: Settings,
    _folder: TempDir,
}

impl Desk {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = DoorOptions { dir: folder.path().to_owned(), ..DoorOptions::default() };
        let door = Door::open(options).await.unwrap();
        let authority = founding::open(&door, folder.path(), &[], now()).await.unwrap();
        let mail = Mail::new(door.clone(), authority.key, now);
        let settings = Settings::new(door.clone());
        Self { mail, door, settings, _folder: folder }
    }

    async fn set(&self, key: &str, value: serde_json::Value) {
        self.settings.set(&root(), (key, None), Some(&value), now()).await.unwrap();
    }

    /// Set up for a mail server on this port.
    async fn set_up(&self, port: u16) {
        self.set("mail.encryption", json!("none")).await;
        self.set("mail.from", json!("Time <time@office.test>")).await;
        self.set("mail.port", json!(port)).await;
        self.set("mail.host", json!("127.0.0.1")).await;
    }

    async fn waiting(&self) -> Vec<WaitingMail> {
        self.mail.status(&root()).await.unwrap().waiting
    }

    async fn actions(&self) -> Vec<String> {
        let entries = self.door.read(|reader| read::audit(reader, 0, 1_000)).await.unwrap();
        let words = entries.iter().map(|entry| format!("{} {}", entry.action, entry.subject));
        words.filter(|words| words.starts_with("mail.")).collect()
    }

    /// Until this holds; a test that waits in vain is ended by its patience.
    async fn until(&self, what: &str, holds: impl Fn(&[WaitingMail]) -> bool) {
        let mut changes = self.door.changes();
        let look = async {
            while !holds(&self.waiting().await) {
                changes.next().await;
            }
        };
        let patience = std::time::Duration::from_secs(20);
        tokio::time::timeout(patience, look).await.unwrap_or_else(|_| panic!("{what} never came"));
    }
}

fn reset() -> Template {
    let link = "https://office.test/reset#secret".to_owned();
    Template::Reset { name: "ada".to_owned(), link, expires: "Friday".to_owned() }
}

/// A port where nobody listens.
async fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

/// Takes every letter but those to `nobody@…`, and hands them over.
async fn mail_server() -> (u16, mpsc::UnboundedReceiver<String>) {
    mail_server_that_says("221 bye").await
}

/// The same with another answer to a farewell; an empty one is none.
async fn mail_server_that_says(bye: &'static str) -> (u16, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (taken, letters) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut stream = BufReader::new(stream);
            let mut answer = "220 hello".to_owned();
            let (mut letter, mut in_data) = (String::new(), false);
            loop {
                if !answer.is_empty() {
                    stream.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
                }
                let mut line = String::new();
                if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                    break;
                }
                answer = match line.trim_end() {
                    "." if in_data => {
                        in_data = false;
                        taken.send(std::mem::take(&mut letter)).unwrap();
                        "250 taken".to_owned()
                    }
                    _ if in_data => {
                        letter += &line;
                        String::new()
                    }
                    "DATA" => {
                        in_data = true;
                        "354 go on".to_owned()
                    }
                    "QUIT" => bye.to_owned(),
                    from if from.starts_with("MAIL FROM:<other@") => {
                        "553 5.7.1 sender rejected: not owned by user".to_owned()
                    }
                    rcpt if rcpt.starts_with("RCPT TO:<far@") => {
                        "550 5.7.1 relaying denied".to_owned()
                    }
                    rcpt if rcpt.starts_with("RCPT TO:<nobody@") => "550 nobody here".to_owned(),
                    _ => "250 fine".to_owned(),
                };
            }
        }
    });
    (port, letters)
}

/// The next letter; a test that waits in vain is ended by its patience.
async fn next(letters: &mut mpsc::UnboundedReceiver<String>) -> String {
    let patience = std::time::Duration::from_secs(20);
    tokio::time::timeout(patience, letters.recv()).await.expect("a letter comes").unwrap()
}

#[tokio::test]
async fn nothing_is_sent_before_mail_is_set_up() {
    let desk = Desk::open().await;
    assert_eq!(desk.mail.send(&reset(), "ada@office.test").await.unwrap(), Posted::NotSetUp);
    let refused = desk.mail.test(&root(), "ada@office.test").await.unwrap_err();
    assert_eq!(refused.code(), "mail_not_set_up");
    assert!(!desk.mail.status(&root()).await.unwrap().is_set_up);
    assert!(desk.waiting().await.is_empty());
    desk.set_up(1).await;
    for bad in ["ada", "", "a b@office.test", "ada@office.test\r\nBcc: all@office.test"] {
        assert_eq!(desk.mail.send(&reset(), bad).await.unwrap_err().code(), "mail_address");
    }
    for nobody in [Principal::Nobody] {
        assert!(desk.mail.test(&nobody, "ada@office.test").await.is_err());
        assert!(desk.mail.status(&nobody).await.is_err());
        assert!(desk.mail.set_password(&nobody, &Zeroizing::new("x".into())).await.is_err());
    }
}

#[tokio::test]
async fn a_letter_waits_until_the_mail_server_is_there() {
    let desk = Desk::open().await;
    desk.set_up(closed_port().await).await;
    assert_eq!(desk.mail.send(&reset(), "ada@office.test").await.unwrap(), Posted::Queued);
    let [queued] = <[WaitingMail; 1]>::try_from(desk.waiting().await).unwrap();
    assert!(!queued.sealed.windows(6).any(|part| part == b"secret"), "the link is sealed");
    let duty = tokio::spawn(desk.mail.clone().deliver());
    desk.until("the first failure", |waiting| waiting.iter().any(|mail| mail.tries == 1)).await;
    let put_off = desk.waiting().await.remove(0);
    assert_eq!(put_off.next_try, now().plus_ms(MINUTE_MS));
    assert!(put_off.why.as_str().contains("cannot be reached"), "{}", put_off.why);
    let (port, mut letters) = mail_server().await;
    desk.set("mail.port", json!(port)).await;
    let letter = next(&mut letters).await;
    desk.until("the end", <[WaitingMail]>::is_empty).await;
    assert!(letter.contains("Subject: Timebook: a new password\r\n"), "{letter}");
    assert!(letter.contains("From: Time <time@office.test>\r\n"), "{letter}");
    assert!(letter.contains("To: ada@office.test\r\n"), "{letter}");
    assert!(letter.contains("Auto-Submitted: auto-generated\r\n"), "{letter}");
    assert!(letter.contains("https://office.test/reset#secret"), "{letter}");
    assert_eq!(desk.actions().await, ["mail.sent reset to ...@office.test"]);
    assert!(desk.mail.status(&root()).await.unwrap().last.unwrap().why.is_none());
    duty.abort();
}

#[tokio::test]
async fn a_refused_recipient_is_given_up_at_once() {
    let desk = Desk::open().await;
    let (port, mut letters) = mail_server().await;
    desk.set_up(port).await;
    desk.mail.send(&reset(), "nobody@office.test").await.unwrap();
    desk.mail.send(&reset(), "ada@office.test").await.unwrap();
    let duty = tokio::spawn(desk.mail.clone().deliver());
    assert!(next(&mut letters).await.contains("To: ada@office.test"));
    desk.until("the end", <[WaitingMail]>::is_empty).await;
    let given_up = "mail.given_up reset to ...@office.test: The mail server does not take mail to ...@office.test";
    let actions = desk.actions().await;
    assert!(actions[0].starts_with(given_up), "{actions:?}");
    assert_eq!(actions.len(), 2);
    duty.abort();
}

#[tokio::test]
async fn what_the_office_set_wrong_costs_no_letter() {
    let desk = Desk::open().await;
    let (port, mut letters) = mail_server().await;
    desk.set_up(port).await;
    desk.set("mail.from", json!("Time <other@office.test>")).await;
    desk.mail.send(&reset(), "ada@office.test").await.unwrap();
    desk.mail.send(&reset(), "far@office.test").await.unwrap();
    let duty = tokio::spawn(desk.mail.clone().deliver());
    let tried =
        |tries| move |waiting: &[WaitingMail]| waiting.iter().all(|mail| mail.tries == tries);
    desk.until("the first failure", tried(1)).await;
    let waiting = desk.waiting().await;
    assert_eq!(waiting.len(), 2, "both wait: {:?}", desk.actions().await);
    assert!(waiting[0].why.as_str().contains("sender rejected"), "{}", waiting[0].why);
    // Mended, they go; a server that does not pass mail on there may do so tomorrow.
    desk.set("mail.from", json!("Time <time@office.test>")).await;
    assert!(next(&mut letters).await.contains("To: ada@office.test"));
    desk.until("the other", |waiting| waiting.len() == 1 && waiting[0].tries == 2).await;
    assert!(desk.waiting().await[0].why.as_str().contains("relaying denied"));
    duty.abort();
}

#[tokio::test]
async fn warnings_leave_room_for_what_people_wait_for() {
    let desk = Desk::open().await;
    desk.set_up(closed_port().await).await;
    let settings = desk.mail.settings().await.unwrap();
    let notice = || Template::Warning { about: "a".to_owned(), text: "t".to_owned() };
    let warn = async |audit, to: &str| {
        let to = Label::new(to).unwrap();
        let letters =
            (0..100).map(|_| desk.mail.sealed(&notice(), to.clone(), &settings)).collect();
        let warn = Command::Mail(MailCommand::Warn { audit, letters });
        desk.mail.commit(Actor::System, warn).await.unwrap();
    };
    warn(1, "ada@office.test").await;
    assert_eq!(desk.waiting().await.len(), 20, "one person's");
    for audit in 2..100 {
        warn(audit, &format!("p{audit}@office.test")).await;
    }
    assert_eq!(desk.waiting().await.len(), 800, "all together");
    assert_eq!(desk.mail.send(&reset(), "ada@office.test").await.unwrap(), Posted::Queued);
}

#[tokio::test]
async fn a_test_goes_at_once_or_says_why_not() {
    let desk = Desk::open().await;
    let (port, mut letters) = mail_server().await;
    desk.set_up(port).await;
    desk.set("language", json!("de")).await;
    desk.mail.test(&root(), "ada@office.test").await.unwrap();
    assert!(next(&mut letters).await.contains("Subject: Timebook: Post kommt an"));
    assert_eq!(desk.actions().await, ["mail.test ...@office.test"]);
    let nobody = desk.mail.test(&root(), "nobody@office.test").await.unwrap_err();
    assert_eq!(
        (nobody.code(), nobody.sentence().contains("nobody here")),
        ("mail_recipient", true)
    );
    desk.set("mail.encryption", json!("starttls")).await;
    let plain = desk.mail.test(&root(), "ada@office.test").await.unwrap_err();
    assert_eq!((plain.code(), plain.sentence().contains("STARTTLS")), ("mail_unprotected", true));
    desk.set("mail.encryption", json!("tls")).await;
    let plain = desk.mail.test(&root(), "ada@office.test").await.unwrap_err();
    assert_eq!(plain.code(), "mail_unprotected", "{plain}");
    desk.set("mail.port", json!(closed_port().await)).await;
    let closed = desk.mail.test(&root(), "ada@office.test").await.unwrap_err();
    assert_eq!(closed.code(), "mail_unreachable", "{closed}");
}

#[tokio::test]
async fn the_password_is_sealed_and_never_shown() {
    let desk = Desk::open().await;
    let password = Zeroizing::new("hunter2 hunter2".to_owned());
    desk.mail.set_password(&root(), &password).await.unwrap();
    assert!(desk.mail.status(&root()).await.unwrap().has_password);
    let name = password_name();
    let kept = desk.door.read(move |reader| read::secret(reader, &name)).await.unwrap().unwrap();
    assert!(!kept.sealed.windows(7).any(|part| part == b"hunter2"));
    for bad in ["x".repeat(257), "two\nlines".to_owned()] {
        assert!(desk.mail.set_password(&root(), &Zeroizing::new(bad)).await.is_err());
    }
    desk.mail.set_password(&root(), &Zeroizing::default()).await.unwrap();
    assert!(!desk.mail.status(&root()).await.unwrap().has_password);
}

#[tokio::test]
async fn a_server_too_busy_to_read_is_no_end_of_mail() {
    let desk = Desk::open().await;
    let (port, mut letters) = mail_server().await;
    desk.set_up(port).await;
    desk.mail.send(&reset(), "ada@office.test").await.unwrap();
    let shut = desk.door.shut_for_tests();
    let mut duty = tokio::spawn(desk.mail.clone().deliver());
    let a_while = std::time::Duration::from_millis(300);
    assert!(tokio::time::timeout(a_while, &mut duty).await.is_err(), "the duty ended");
    drop(shut);
    assert!(next(&mut letters).await.contains("To: ada@office.test"));
    desk.door.close().await.unwrap();
    let patience = std::time::Duration::from_secs(20);
    tokio::time::timeout(patience, duty).await.expect("it ends with the door").unwrap();
}

#[tokio::test]
async fn a_mail_server_that_does_not_answer_a_farewell_gets_the_letter_once() {
    let desk = Desk::open().await;
    let (port, mut letters) = mail_server_that_says("").await;
    desk.set_up(port).await;
    desk.mail.send(&reset(), "ada@office.test").await.unwrap();
    let duty = tokio::spawn(desk.mail.clone().deliver());
    next(&mut letters).await;
    desk.until("the end", <[WaitingMail]>::is_empty).await;
    assert_eq!(desk.actions().await, ["mail.sent reset to ...@office.test"]);
    assert!(letters.try_recv().is_err(), "one letter");
    duty.abort();
}
