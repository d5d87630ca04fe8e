//! Listening, on loopback only.

use crate::error::SandboxError;
use axum::Router;
use std::{net::Ipv4Addr, time::Duration};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

/// Takes the port on 127.0.0.1. There is no parameter for the address on purpose: whoever reaches the sandbox can be anybody.
pub(crate) async fn bind(port: u16) -> Result<(TcpListener, u16), SandboxError> {
    let fail = |source| SandboxError::Port { port, source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(fail)?;
    let port = listener.local_addr().map_err(fail)?.port();
    Ok((listener, port))
}

/// One server that runs until it is told to stop.
pub(crate) struct Running {
    stop: watch::Sender<bool>,
    task: Option<JoinHandle<()>>,
}

impl Running {
    pub(crate) fn start(listener: TcpListener, app: Router) -> Self {
        let (stop, mut stopped) = watch::channel(false);
        let task = tokio::spawn(async move {
            let told = async move {
                let _ = stopped.wait_for(|stop| *stop).await;
            };
            if let Err(error) = axum::serve(listener, app).with_graceful_shutdown(told).await {
                tracing::error!(%error, "a sandbox server stopped");
            }
        });
        Self { stop, task: Some(task) }
    }

    /// Lets requests under way finish, for two seconds.
    pub(crate) async fn shutdown(&mut self) {
        let _ = self.stop.send(true);
        if let Some(mut task) = self.task.take()
            && tokio::time::timeout(Duration::from_secs(2), &mut task).await.is_err()
        {
            task.abort();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
        }
    }
}
