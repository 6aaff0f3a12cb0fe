//! Opening: files that do not belong together, damaged files, folders that cannot be used.

use super::*;

async fn refusal(scratch: &Scratch) -> String {
    match Door::open(options(scratch)).await {
        Ok(_) => panic!("the door opened"),
        Err(error) => error.to_string(),
    }
}

async fn filled(name: &str, count: u64) -> Scratch {
    let scratch = Scratch::new(name);
    let door = founded(&scratch).await;
    for number in 0..count {
        door.commit(note(number)).await.unwrap();
    }
    door.close().await.unwrap();
    scratch
}

#[test]
fn a_missing_log_is_not_papered_over() {
    run(async {
        let scratch = filled("no-log", 3).await;
        std::fs::remove_file(scratch.path().join(LOG_FILE)).unwrap();
        assert!(refusal(&scratch).await.contains("log.redb beside it is missing"));
    });
}

#[test]
fn a_missing_state_is_replayed_from_a_whole_log() {
    run(async {
        let scratch = filled("no-state", 30).await;
        std::fs::remove_file(scratch.path().join(STATE_FILE)).unwrap();
        let door = Door::open(options(&scratch)).await.unwrap();
        assert_eq!(notes(&door).await, (0..30).collect::<Vec<_>>());
        door.close().await.unwrap();
    });
}

#[test]
fn an_older_log_is_refused() {
    run(async {
        let scratch = filled("old-log", 3).await;
        let kept = std::fs::read(scratch.path().join(LOG_FILE)).unwrap();
        let door = Door::open(options(&scratch)).await.unwrap();
        door.commit(note(100)).await.unwrap();
        door.close().await.unwrap();
        std::fs::write(scratch.path().join(LOG_FILE), kept).unwrap();
        assert!(refusal(&scratch).await.contains("the log is older than the data"));
    });
}

#[test]
fn files_of_two_servers_are_refused() {
    run(async {
        let (one, other) = (filled("one", 3).await, filled("other", 3).await);
        let from = other.path().join(STATE_FILE);
        std::fs::copy(from, one.path().join(STATE_FILE)).unwrap();
        assert!(refusal(&one).await.contains("different servers"));
    });
}

#[test]
fn damaged_files_are_named_and_left_alone() {
    run(async {
        for file in [LOG_FILE, STATE_FILE] {
            let scratch = filled("damaged", 3).await;
            let path = scratch.path().join(file);
            let mut bytes = std::fs::read(&path).unwrap();
            bytes[..64].fill(0xa5);
            std::fs::write(&path, &bytes).unwrap();
            let sentence = refusal(&scratch).await;
            assert!(sentence.contains(file) && sentence.contains("damaged"), "{sentence}");
            assert_eq!(std::fs::read(&path).unwrap(), bytes, "{file} was changed");
        }
    });
}

#[test]
fn a_second_opening_is_refused() {
    run(async {
        let scratch = Scratch::new("twice");
        let door = founded(&scratch).await;
        assert!(refusal(&scratch).await.contains("in use"));
        door.close().await.unwrap();
    });
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    run(async {
        let scratch = Scratch::new("gone");
        let options = DoorOptions { dir: scratch.path().join("nowhere"), ..DoorOptions::default() };
        let Err(error) = Door::open(options).await else { panic!("the door opened") };
        assert!(error.to_string().contains("nowhere"), "{error}");
    });
}
