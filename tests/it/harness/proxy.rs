//! A TCP proxy whose mood a story changes while connections run: passes, refuses, hangs, lets half through. It knows nothing of TLS or HTTP.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Pass,
    /// Closes every connection at once, the running ones too.
    Cut,
    /// Takes connections and bytes and never answers.
    Hang,
    /// Passes the answer up to this many bytes per connection, then closes.
    Half(u64),
    /// Passes what is sent up to this many bytes per connection, then closes.
    Sunk(u64),
    /// Passes the answer in pieces of this many bytes, each after a pause.
    Slow(usize),
}

pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    target: Mutex<SocketAddr>,
    mood: Mutex<Mood>,
    running: Mutex<Vec<TcpStream>>,
    /// Connections taken since the last change of mood.
    taken: AtomicU64,
    closed: AtomicBool,
}

impl Proxy {
    /// Listens on `port` (0 for any) and passes to `target`.
    pub fn start(port: u16, target: SocketAddr) -> Self {
        let listener =
            TcpListener::bind(("127.0.0.1", port)).unwrap_or_else(|e| panic!("port {port}: {e}"));
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            target: Mutex::new(target),
            mood: Mutex::new(Mood::Pass),
            running: Mutex::new(Vec::new()),
            taken: AtomicU64::new(0),
            closed: AtomicBool::new(false),
        });
        let accepting = shared.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if accepting.closed.load(Ordering::Acquire) {
                    return;
                }
                accepting.taken.fetch_add(1, Ordering::AcqRel);
                let shared = accepting.clone();
                std::thread::spawn(move || shared.serve(client));
            }
        });
        Self { address, shared }
    }

    /// Changes the mood and closes what runs, so that every next byte meets the new one.
    pub fn set(&self, mood: Mood) {
        *self.shared.mood.lock().unwrap() = mood;
        self.shared.taken.store(0, Ordering::Release);
        self.shared.close_running();
    }

    pub fn point_at(&self, target: SocketAddr) {
        *self.shared.target.lock().unwrap() = target;
        self.set(Mood::Pass);
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Connections since the last change: shows that somebody met this mood.
    pub fn taken(&self) -> u64 {
        self.shared.taken.load(Ordering::Acquire)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::Release);
        self.shared.close_running();
        _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn close_running(&self) {
        for stream in self.running.lock().unwrap().drain(..) {
            _ = stream.shutdown(Shutdown::Both);
        }
    }

    fn serve(&self, client: TcpStream) {
        let mood = *self.mood.lock().unwrap();
        if mood == Mood::Cut {
            return;
        }
        self.running.lock().unwrap().extend(client.try_clone());
        if mood == Mood::Hang {
            _ = std::io::copy(&mut &client, &mut std::io::sink());
            return;
        }
        let target = *self.target.lock().unwrap();
        let Ok(server) = TcpStream::connect(target) else { return };
        self.running.lock().unwrap().extend(server.try_clone());
        std::thread::scope(|scope| {
            scope.spawn(|| {
                if let Mood::Sunk(bytes) = mood {
                    _ = std::io::copy(&mut (&client).take(bytes), &mut &server);
                    _ = client.shutdown(Shutdown::Both);
                } else {
                    _ = std::io::copy(&mut &client, &mut &server);
                }
                _ = server.shutdown(Shutdown::Write);
            });
            _ = answer(mood, &server, &client);
            _ = client.shutdown(Shutdown::Both);
            _ = server.shutdown(Shutdown::Both);
        });
    }
}

fn answer(mood: Mood, mut server: &TcpStream, mut client: &TcpStream) -> std::io::Result<()> {
    match mood {
        Mood::Half(bytes) => std::io::copy(&mut server.take(bytes), &mut client).map(|_| ()),
        Mood::Slow(piece) => {
            let mut buffer = vec![0; piece];
            loop {
                let n = server.read(&mut buffer)?;
                if n == 0 {
                    return Ok(());
                }
                // The pause is the fault itself, not a wait of the test.
                std::thread::park_timeout(SLOW_PAUSE);
                client.write_all(&buffer[..n])?;
            }
        }
        _ => std::io::copy(&mut server, &mut client).map(|_| ()),
    }
}

const SLOW_PAUSE: Duration = Duration::from_millis(30);

/// Each mood does what its name says: otherwise the stories of outages would pass for nothing.
#[test]
fn moods_are_what_they_say() {
    let greeter = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = greeter.local_addr().unwrap();
    std::thread::spawn(move || {
        greeter.incoming().flatten().for_each(|mut s| _ = s.write_all(b"good morning"))
    });
    let proxy = Proxy::start(0, target);
    let heard = |limit: Duration| {
        let mut stream = TcpStream::connect(proxy.address).unwrap();
        stream.set_read_timeout(Some(limit)).unwrap();
        let mut text = Vec::new();
        _ = stream.read_to_end(&mut text);
        String::from_utf8(text).unwrap()
    };
    let ample = Duration::from_secs(20);
    assert_eq!(heard(ample), "good morning");
    for (mood, wanted, limit) in [
        (Mood::Half(4), "good", ample),
        (Mood::Cut, "", ample),
        (Mood::Hang, "", Duration::from_millis(50)),
        (Mood::Slow(5), "good morning", ample),
        (Mood::Pass, "good morning", ample),
    ] {
        proxy.set(mood);
        assert_eq!(heard(limit), wanted, "{mood:?}");
        assert_eq!(proxy.taken(), 1, "{mood:?}");
    }
}
