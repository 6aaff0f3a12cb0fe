//! The engine's own thread: openraft's tasks run here and nowhere else.
//!
//! A server busy with requests must not delay heartbeats, and the engine's unoptimised futures need more stack than a
//! runtime's workers have. Must never run anything that blocks: the log and the state have threads of their own.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// The running thread.
pub(super) struct EngineThread {
    handle: Handle,
    stop: Mutex<Option<oneshot::Sender<()>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl EngineThread {
    pub(super) fn start() -> io::Result<EngineThread> {
        let runtime = Builder::new_current_thread()
            .enable_time()
            .max_blocking_threads(BLOCKING_THREADS)
            .thread_name("timebook-raft-read")
            .build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("timebook-raft".to_owned())
            .stack_size(STACK_BYTES)
            // Ends when told to, or when the door is dropped and with it the sender.
            .spawn(move || drop(runtime.block_on(stopped)))?;
        Ok(EngineThread { handle, stop: Mutex::new(Some(stop)), thread: Mutex::new(Some(thread)) })
    }

    /// Runs `task` on the engine's thread and waits for it.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
    ) -> io::Result<T> {
        self.handle.spawn(task).await.map_err(io::Error::other)
    }

    /// Starts `task` on the engine's thread.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.handle.spawn(task);
    }

    /// Ends the thread and waits for it. Blocks.
    pub(super) fn stop(&self) {
        drop(self.stop.lock().unwrap_or_else(PoisonError::into_inner).take());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        // A panic of a task is caught by the runtime; there is nothing else in the thread that could.
        drop(thread.map(JoinHandle::join));
    }
}

/// Only what the tasks touch of it becomes memory.
const STACK_BYTES: usize = 16 * 1024 * 1024;
/// Threads that read old log entries from the file, for servers that catch up.
const BLOCKING_THREADS: usize = 2;
