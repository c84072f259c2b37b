//! `ownhand plugin check` over damaged copies of the shipped plugins: always an answer, whatever the file does to whoever opens it.

use std::{
    fmt::{self, Write},
    fs,
    ops::AddAssign,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::Arc,
    time::Duration,
};

use tempfile::{TempDir, tempdir};
use tokio::task::JoinSet;

use crate::support::{programs, said};

/// Copies with damaged bytes, and copies that are cut off.
const DAMAGED: usize = 200;
const CUT: usize = 50;
/// Checks at a time.
const AT_ONCE: usize = 2;
/// Longer than the check itself waits for the file's own code.
const PATIENCE: Duration = Duration::from_mins(1);
/// The file's start: headers, symbols and relocations, where damage matters most.
const HEAD: usize = 256 * 1024;

/// Pseudo-random numbers, the same in each run (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let bound = u64::try_from(bound).unwrap();
        usize::try_from((z ^ (z >> 31)) % bound).unwrap()
    }
}

/// A copy of number `number` in which 1 to 64 bytes differ: anywhere, or where it matters most.
fn damaged(whole: &[u8], number: usize) -> Vec<u8> {
    let mut numbers = Numbers(number as u64);
    let mut bytes = whole.to_vec();
    let range = if number.is_multiple_of(2) {
        whole.len()
    } else {
        HEAD
    };
    let mut touched = 0;
    for _ in 0..=numbers.below(64) {
        let at = numbers.below(range);
        bytes[at] ^= u8::try_from(1 + numbers.below(255)).unwrap();
        touched = at;
    }
    // Two changes of one byte may have undone each other.
    if bytes == whole {
        bytes[touched] ^= 1;
    }
    bytes
}

fn cut(whole: &[u8], number: usize) -> Vec<u8> {
    let length = Numbers(!(number as u64)).below(whole.len());
    whole[..length].to_vec()
}

/// What became of the copies of one kind.
#[derive(Default)]
struct Row {
    copies: usize,
    accepted: usize,
    refused: usize,
    signals: usize,
    hangs: usize,
}

impl AddAssign for Row {
    fn add_assign(&mut self, other: Self) {
        self.copies += other.copies;
        self.accepted += other.accepted;
        self.refused += other.refused;
        self.signals += other.signals;
        self.hangs += other.hangs;
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:>6} | {:>8} | {:>7} | {:>7} | {:>5}",
            self.copies, self.accepted, self.refused, self.signals, self.hangs
        )
    }
}

impl Row {
    /// Counts an answer; one that is none of the four ends the test.
    fn count(&mut self, what: &str, answer: Option<&Output>) {
        self.copies += 1;
        let Some(output) = answer else {
            self.hangs += 1;
            return;
        };
        let (code, out, err) = said(output);
        match code {
            0 => self.accepted += 1,
            1 => {
                assert!(err.starts_with("error: "), "{what}: {err}");
                assert_eq!(err.trim_end().lines().count(), 1, "{what}: {err}");
                assert_eq!(out, "", "{what}");
                self.refused += 1;
            }
            -1 => self.signals += 1,
            other => panic!("{what}: exit code {other}: {err}"),
        }
    }
}

/// Runs the check; none when it does not end.
async fn check(file: &Path, pin: Option<&str>) -> Option<Output> {
    let mut command = tokio::process::Command::new(programs().ownhand);
    command.args(["plugin", "check"]);
    if let Some(pin) = pin {
        command.args(["--sha256", pin]);
    }
    let child = command
        .arg(file)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let ended = tokio::time::timeout(PATIENCE, child.wait_with_output()).await;
    ended.ok().map(Result::unwrap)
}

/// A shipped plugin without its debugging information, as it would be delivered.
fn delivered(plugin: &str) -> (TempDir, PathBuf) {
    let folder = tempdir().unwrap();
    let path = folder.path().join("plugin.so");
    let stripped = Command::new("strip")
        .arg("-o")
        .arg(&path)
        .arg(programs().library(plugin))
        .status()
        .expect("strip, which comes with the linker");
    assert!(stripped.success());
    (folder, path)
}

/// How a copy is spoilt.
type Spoil = fn(&[u8], usize) -> Vec<u8>;

/// Checks copies number `first`, `first + AT_ONCE`, …: each without and with the pin of the good file.
async fn walk(
    whole: Arc<Vec<u8>>,
    pin: Arc<str>,
    first: usize,
    copies: usize,
    spoil: Spoil,
) -> (Row, Row) {
    let folder = tempdir().unwrap();
    let (mut free, mut pinned) = (Row::default(), Row::default());
    for number in (first..copies).step_by(AT_ONCE) {
        let file = folder.path().join(format!("{number}.so"));
        fs::write(&file, spoil(&whole, number)).unwrap();
        let what = format!("copy {number}");
        free.count(&what, check(&file, None).await.as_ref());
        pinned.count(&what, check(&file, Some(&pin)).await.as_ref());
        fs::remove_file(&file).unwrap();
    }
    (free, pinned)
}

#[expect(clippy::print_stdout, reason = "the table is what the test shows")]
async fn survives(plugin: &str) {
    let (_folder, path) = delivered(plugin);
    let good = check(&path, None).await.expect("an answer");
    let (code, out, err) = said(&good);
    assert_eq!(code, 0, "{err}");
    let pin = out.lines().find_map(|line| line.strip_prefix("sha256"));
    let pin: Arc<str> = pin.unwrap().trim().into();
    assert_eq!(
        check(&path, Some(&pin)).await.unwrap().status.code(),
        Some(0)
    );

    let whole = Arc::new(fs::read(&path).unwrap());
    let kinds: [(&str, usize, Spoil); 2] = [("damaged", DAMAGED, damaged), ("cut", CUT, cut)];
    let mut table = format!(
        "{:<15} | {:<15} | copies | accepted | refused | signals | hangs\n",
        "plugin", "case"
    );
    let mut rows = Vec::new();
    for (kind, copies, spoil) in kinds {
        let mut walks = JoinSet::new();
        for first in 0..AT_ONCE {
            walks.spawn(walk(whole.clone(), pin.clone(), first, copies, spoil));
        }
        let (mut free, mut pinned) = (Row::default(), Row::default());
        while let Some(walked) = walks.join_next().await {
            let (a, b) = walked.unwrap();
            free += a;
            pinned += b;
        }
        for (case, row) in [(kind.to_owned(), free), (format!("{kind}, pinned"), pinned)] {
            writeln!(table, "{plugin:<15} | {case:<15} | {row}").unwrap();
            rows.push((case, copies, row));
        }
    }
    println!("{table}");
    for (case, copies, row) in rows {
        assert_eq!(row.copies, copies, "{table}");
        assert_eq!((row.signals, row.hangs), (0, 0), "{table}");
        assert_eq!(row.accepted + row.refused, copies, "{table}");
        // Damage that no code reads at the start harms nobody then; a cut or a wrong pin is always seen.
        if case == "damaged" {
            assert!(row.refused > 0, "{table}");
        } else {
            assert_eq!(row.refused, copies, "{table}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn identity_jwt() {
    survives("identity-jwt").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_files() {
    survives("documents-files").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_sql() {
    survives("tokens-sql").await;
}
