//! A disk that is full, or read-only, at any write of a backup or a restore: a sentence, and an office that is the old one or the new one.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::harness::command::{Done, run};
use crate::harness::seed::{Chance, rounds, seeds};
use crate::harness::server::PASSWORD;
use crate::harness::{Role, Server, namespace};

#[test]
fn a_disk_that_fills_up_at_any_write() {
    let story = "full_disk::a_disk_that_fills_up_at_any_write";
    let Some(disk) = namespace::inside(story, &["--mount"], SMALL_DISK) else { return };
    let (data, file) = office_on(&disk);
    let filler = disk.join("filler");
    let backups = data.join("backups");
    let mut ended = [0; 4];
    for seed in seeds("full_disk") {
        let mut chance = Chance::new(seed);
        for round in 0..rounds() {
            let free = PAGE * chance.below(MOST_PAGES);
            let at = format!("seed {seed}, round {round}, {free} bytes free");
            fill(&filler, free);
            let made = run(&data, &["backup", "create"]);
            fs::remove_file(&filler).unwrap();
            assert_eq!(names(&backups).len(), usize::from(made.code == Some(0)), "{at}: {made:?}");
            ended[usize::from(is_told(made, &at))] += 1;
            run(&data, &["doctor"]).ok();

            fill(&filler, free);
            let restored = run(&data, &["backup", "restore", &file]);
            fs::remove_file(&filler).unwrap();
            let is_old = run(&data, &["user", "list", "--json"]).ok().contains("later");
            assert_eq!(is_old, restored.code != Some(0), "{at}: {restored:?}");
            ended[2 + usize::from(is_told(restored, &at))] += 1;
            run(&data, &["doctor"]).ok();
            if !is_old {
                add_later(&data);
            }
            drop(fs::remove_dir_all(&backups));
        }
    }
    assert!(ended.iter().all(|times| *times > 0), "too tame: {ended:?}");
}

#[test]
fn a_disk_that_is_read_only() {
    let story = "full_disk::a_disk_that_is_read_only";
    let Some(disk) = namespace::inside(story, &["--mount"], SMALL_DISK) else { return };
    let (data, file) = office_on(&disk);
    let mount = |how: &str| {
        let done = Command::new("mount").args(["-o", how]).arg(&disk).status();
        assert!(done.unwrap().success(), "{how}");
    };
    for command in [&["backup", "create"][..], &["backup", "restore", &file]] {
        mount("remount,ro");
        let told = run(&data, command).refused(1);
        assert!(told.to_lowercase().contains("read-only"), "{told}");
        mount("remount,rw");
        assert!(run(&data, &["user", "list", "--json"]).ok().contains("later"));
        run(&data, &["doctor"]).ok();
    }
    assert_eq!(names(&data.join("backups")), [""; 0]);
}

const SMALL_DISK: &str = "mount -t tmpfs -o size=64m none \"$PLACE\"";
const PAGE: u64 = 4_096;
/// A backup and a restore of this small office want less.
const MOST_PAGES: u64 = 256;

/// An office of the disk with one person more than its backup, which lies elsewhere.
fn office_on(disk: &Path) -> (PathBuf, String) {
    let mut server = Server::start();
    server.add_user("ada", Role::Admin);
    server.stop();
    let made = server.run(&["backup", "create", "--json"]).json();
    let file = disk.with_file_name("before.tbk");
    fs::copy(made["file"].as_str().unwrap(), &file).unwrap();
    fs::remove_dir_all(server.data().join("backups")).unwrap();
    fs::write(disk.with_file_name("password"), PASSWORD).unwrap();
    let data = disk.join("data");
    let copied = Command::new("cp").arg("-a").arg(server.data()).arg(&data).status();
    assert!(copied.unwrap().success());
    add_later(&data);
    (data, file.display().to_string())
}

fn add_later(data: &Path) {
    let password = data.parent().unwrap().with_file_name("password").display().to_string();
    let add =
        ["user", "add", "--name", "later", "--role", "employee", "--password-file", &password];
    run(data, &add).ok();
}

/// Whatever is free goes, but for so many bytes.
fn fill(filler: &Path, free: u64) {
    let mut file = File::create(filler).unwrap();
    let zeros = vec![0; 1 << 20];
    let mut piece = zeros.len();
    while piece >= 4_096 {
        match file.write(&zeros[..piece]) {
            Ok(1..) => {}
            Ok(0) | Err(_) => piece /= 2,
        }
    }
    let length = file.metadata().unwrap().len();
    file.set_len(length.saturating_sub(free)).unwrap();
}

fn is_told(done: Done, at: &str) -> bool {
    if done.code == Some(0) {
        return true;
    }
    let told = done.refused(1);
    assert!(told.contains("full") || told.contains("No space"), "{at}: {told}");
    false
}

fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
}
