//! A running installation: the simulator, the server, and the host apps of its tenants.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
};

use url::Url;

use super::{
    HostApp, Programs, Simulator,
    configuration::{self, Shared},
    programs::{Library, PLUGINS},
    service::Service,
};
use crate::{Result, error, error::wrong};

/// How the adapters come into the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As parts of the program.
    BuiltIn,
    /// As pinned libraries.
    Libraries,
}

/// A running installation. Ends with its programs when it is dropped.
pub struct Installation {
    /// Where everything of it lies.
    pub folder: PathBuf,
    /// The server's address.
    pub public: Url,
    /// The local DocuSign.
    pub simulator: Simulator,
    /// One host app a tenant.
    pub host_apps: Vec<HostApp>,
    /// The libraries that the server loaded; empty when the adapters are built in.
    pub libraries: Vec<Library>,
    // The server first: it must not outlive DocuSign, or its log would fill with failures of our making.
    server: Service,
    docusign: Service,
}

impl Installation {
    /// Writes all files into `folder`, which must be empty, and starts the programs.
    ///
    /// # Errors
    /// When something does not start; with the last lines of its log.
    pub async fn start(
        folder: &Path,
        programs: &Programs,
        form: Form,
        tenants: &[&str],
    ) -> Result<Self> {
        fs::create_dir_all(folder).map_err(error::io(folder.display().to_string()))?;
        let folder = folder
            .canonicalize()
            .map_err(error::io(folder.display().to_string()))?;
        let libraries = match form {
            Form::BuiltIn => Vec::new(),
            Form::Libraries => PLUGINS
                .iter()
                .map(|name| programs.check(name))
                .collect::<Result<_>>()?,
        };
        let public = free_address()?;
        let shared = Shared::fresh();
        configuration::seed(&folder, &public, &shared)?;
        let ready_file = folder.join("simulator.json");
        let mut docusign = Service::start(
            "the simulator",
            Command::new(&programs.simulator)
                .args(["--listen", "127.0.0.1:0", "--ready-file"])
                .arg(&ready_file)
                .arg("--seed")
                .arg(folder.join("seed.toml")),
            folder.join("simulator.log"),
        )?;
        let simulator = Simulator::from_ready(&docusign.ready(&ready_file).await?)?;
        let host_apps = tenants
            .iter()
            .map(|tenant| HostApp::new(tenant, &public))
            .collect::<Result<Vec<_>>>()?;
        let docusign_url = &simulator.http;
        configuration::operator(
            &folder,
            &public,
            docusign_url,
            &shared,
            &libraries,
            &host_apps,
        )?;
        for host in &host_apps {
            configuration::tenant(&folder, host)?;
        }
        let server = serve(&folder, &mut Command::new(&programs.ownhand)).await?;
        Ok(Self {
            folder,
            public,
            simulator,
            host_apps,
            libraries,
            server,
            docusign,
        })
    }

    /// The host app of a tenant.
    ///
    /// # Errors
    /// When the installation has no such tenant.
    pub fn host_app(&self, tenant: &str) -> Result<&HostApp> {
        self.host_apps
            .iter()
            .find(|host| host.tenant == tenant)
            .ok_or_else(|| wrong(format!("there is no tenant {tenant}")))
    }

    /// An address of the server.
    ///
    /// # Errors
    /// When `path` is no path.
    pub fn at(&self, path: &str) -> Result<Url> {
        self.public
            .join(path)
            .map_err(|error| wrong(error.to_string()))
    }

    /// A file of a tenant, as its host app names it.
    pub fn document(&self, tenant: &str, reference: &str) -> PathBuf {
        self.folder
            .join("data/documents")
            .join(tenant)
            .join(reference)
    }

    /// The operator's file.
    pub fn configuration(&self) -> PathBuf {
        self.folder.join("ownhand.toml")
    }

    /// What the programs said last.
    pub fn log_tails(&self) -> String {
        format!("{}\n{}", self.server.log_tail(), self.docusign.log_tail())
    }

    /// Everything that the server said.
    pub fn server_log(&self) -> String {
        self.server.log()
    }

    /// A tenant's file.
    pub fn tenant_file(&self, tenant: &str) -> PathBuf {
        self.folder.join("tenants").join(format!("{tenant}.toml"))
    }

    /// Asks the server to read its configuration anew (SIGHUP) and goes on at once.
    ///
    /// # Errors
    /// When it has ended already.
    pub fn ask_server_to_reload(&self) -> Result<()> {
        self.server.ask_to_reload()
    }

    /// Asks the server to end (SIGTERM) and goes on at once.
    ///
    /// # Errors
    /// When it has ended already.
    pub fn ask_server_to_end(&self) -> Result<()> {
        self.server.ask_to_end()
    }

    /// The server's process.
    pub fn server_pid(&self) -> u32 {
        self.server.pid()
    }

    /// Waits until the server has ended, by itself or because it was asked to; answers how.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn server_ends(&mut self) -> Result<ExitStatus> {
        self.server.end().await
    }

    /// Starts the server again on the same files, as `program` with whatever environment it has. The one before must have
    /// ended.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start_server(&mut self, program: &mut Command) -> Result<()> {
        self.server = serve(&self.folder, program).await?;
        Ok(())
    }

    /// Ends the server, then the simulator; answers how the server ended.
    ///
    /// # Errors
    /// When one of them does not end when it is asked to.
    pub async fn stop(self) -> Result<ExitStatus> {
        let status = self.server.stop().await?;
        self.docusign.stop().await?;
        Ok(status)
    }
}

/// Starts `program` as the server of an installation's files, and waits until it answers.
async fn serve(folder: &Path, program: &mut Command) -> Result<Service> {
    let ready_file = folder.join("ownhand.json");
    // What an earlier one wrote would be taken for this one's.
    let _ = fs::remove_file(&ready_file);
    let command = program
        .arg("serve")
        .arg("--config")
        .arg(folder.join("ownhand.toml"))
        .arg("--ready-file")
        .arg(&ready_file);
    let mut server = Service::start("ownhand", command, folder.join("ownhand.log"))?;
    server.ready(&ready_file).await?;
    Ok(server)
}

/// An address on loopback that was free a moment ago. The redirect URI must be known before the server starts.
fn free_address() -> Result<Url> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(error::io("finding a free port"))?;
    let address = listener
        .local_addr()
        .map_err(error::io("finding a free port"))?;
    Url::parse(&format!("http://{address}/")).map_err(|error| wrong(error.to_string()))
}
