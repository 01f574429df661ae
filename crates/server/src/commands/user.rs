//! `user`: the extensions of a tenant.

use clap::{Args, Subcommand, ValueEnum};
use halyard_protocol::admin::{NewUser, UpdateUser, UserAccount};
use halyard_protocol::{DeviceId, EntryId, UserId};

use super::{Business, CommandError, password};
use crate::auth::password::{Cost, Passwords};
use crate::auth::token::Token;
use crate::config::{Database, Login, domain, login};
use crate::env::Env;
use crate::operations::{devices, directory, passwords};
use crate::store::sessions::Lifetimes;

/// Users: the extensions of a tenant.
#[derive(Debug, Args)]
pub struct User {
    #[command(subcommand)]
    action: Action,
}

/// What a user may do.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Role {
    /// Basic User.
    Basic,
    /// Call Center Supervisor.
    Supervisor,
    /// Office Manager: also manages users, assigns numbers, changes shared contacts.
    OfficeManager,
    /// Administrator: also manages Administrators, reads the audit log.
    Administrator,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Add a user.
    Add {
        /// Extension and domain, as 1001@harbor.
        #[arg(value_parser = login)]
        login: Login,
        /// The full name.
        #[arg(long)]
        name: String,
        /// The department.
        #[arg(long, default_value = "")]
        department: String,
        /// The e-mail address.
        #[arg(long, default_value = "")]
        email: String,
        /// What they may do.
        #[arg(long, value_enum, default_value = "basic")]
        role: Role,
        #[command(flatten)]
        password: password::Source,
        #[command(flatten)]
        database: Database,
    },
    /// List a tenant's users.
    List {
        /// The tenant, as harbor.
        #[arg(value_parser = domain)]
        domain: String,
        #[command(flatten)]
        database: Database,
    },
    /// Change a user: what is not named stays.
    Change {
        /// Extension and domain, as 1001@harbor.
        #[arg(value_parser = login)]
        login: Login,
        /// Another extension: 2 to 8 digits.
        #[arg(long)]
        extension: Option<String>,
        /// Another name.
        #[arg(long)]
        name: Option<String>,
        /// Another department.
        #[arg(long)]
        department: Option<String>,
        /// Another e-mail address.
        #[arg(long)]
        email: Option<String>,
        /// What they may do.
        #[arg(long, value_enum)]
        role: Option<Role>,
        #[command(flatten)]
        database: Database,
    },
    /// Change a user's password, and sign them out everywhere.
    Password {
        /// Extension and domain, as 1001@harbor.
        #[arg(value_parser = login)]
        login: Login,
        #[command(flatten)]
        password: password::Source,
        #[command(flatten)]
        database: Database,
    },
    /// Make a link with which a user chooses a password, once, within three days.
    PasswordLink {
        /// Extension and domain, as 1001@harbor.
        #[arg(value_parser = login)]
        login: Login,
        /// The address that users open, as `https://phone.example.com`.
        #[arg(long, env = "HALYARD_PUBLIC_URL", default_value = "")]
        public_url: String,
        #[command(flatten)]
        database: Database,
    },
    /// List where a user is signed in: id, when they were last heard of (ms since 1970), name.
    Devices {
        /// Extension and domain, as 1001@harbor.
        #[arg(value_parser = login)]
        login: Login,
        #[command(flatten)]
        database: Database,
    },
    /// Sign a user out: everywhere, or on one device.
    SignOut {
        /// Extension and domain, as 1001@harbor.
        #[arg(value_parser = login)]
        login: Login,
        /// The device, by its id.
        #[arg(long)]
        device: Option<DeviceId>,
        #[command(flatten)]
        database: Database,
    },
    /// Remove a user for good. What they wrote stays; their extension is free.
    Remove {
        /// Extension and domain, as 1001@harbor.
        #[arg(value_parser = login)]
        login: Login,
        #[command(flatten)]
        database: Database,
    },
    /// Sign a user out everywhere and let them in no more. What they wrote stays.
    Disable {
        /// Extension and domain, as 1001@harbor.
        #[arg(value_parser = login)]
        login: Login,
        #[command(flatten)]
        database: Database,
    },
    /// Let a disabled user in again, with their old password. Their conversations and numbers are as they were.
    Enable {
        /// Extension and domain, as 1001@harbor.
        #[arg(value_parser = login)]
        login: Login,
        #[command(flatten)]
        database: Database,
    },
}

/// Runs the command.
///
/// # Errors
/// [`CommandError`].
pub async fn run(command: User, env: &Env) -> Result<(), CommandError> {
    match command.action {
        Action::Add { login, name, department, email, role, password, database } => {
            let new = NewUser {
                extension: login.extension.clone(),
                name,
                department,
                email,
                role: role.into(),
                password: None,
            };
            add(&login, new, &password, &database, env).await
        }
        Action::List { domain, database } => {
            let business = Business::open(&database, &domain, env).await?;
            let mut tx = business.store.read().await?;
            for UserAccount { user, numbers, disabled_at, .. } in directory::list(&mut tx, &business.actor).await? {
                let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
                let disabled = if disabled_at.is_some() { "\tdisabled" } else { "" };
                println!("{}\t{}\t{}\t{}{disabled}", user.extension, user.name, user.department, numbers.join(" "));
            }
            drop(tx);
            business.store.close().await;
            Ok(())
        }
        Action::Change { login, extension, name, department, email, role, database } => {
            let role = role.map(Into::into);
            let changes = UpdateUser { extension, name, department, email, role, ..UpdateUser::default() };
            update(&login, changes, &database, env, "is changed").await
        }
        Action::Disable { login, database } => {
            let changes = UpdateUser { disabled: Some(true), ..UpdateUser::default() };
            update(&login, changes, &database, env, "is disabled and signed out").await
        }
        Action::Enable { login, database } => {
            let changes = UpdateUser { disabled: Some(false), ..UpdateUser::default() };
            update(&login, changes, &database, env, "can sign in").await
        }
        Action::Password { login, password, database } => {
            let (text, made_up) = password.read(env)?;
            let hash = Passwords::new(env.clone(), Cost::default())?.hash(text.clone()).await?;
            let (business, user) = find(&login, &database, env).await?;
            // One after the other with sign-ins of the tenant: none that has checked the old password is missed.
            let mut tx = business.write().await?;
            passwords::change_of(&mut tx, &business.actor, user, &hash).await?;
            tx.commit().await?;
            println!("The password of {login} is changed.");
            show(made_up, &text);
            business.store.close().await;
            Ok(())
        }
        Action::PasswordLink { login, public_url, database } => {
            let (business, user) = find(&login, &database, env).await?;
            let token = Token::fresh(env);
            let mut tx = business.write().await?;
            passwords::make_link(&mut tx, &business.actor, user, &token.hash()).await?;
            tx.commit().await?;
            println!("{}", passwords::link_address(&public_url, &token));
            business.store.close().await;
            Ok(())
        }
        Action::Devices { login, database } => {
            let (business, user) = find(&login, &database, env).await?;
            let mut tx = business.store.read().await?;
            // How long sessions last, `serve` knows: these are all that are kept.
            let kept = Lifetimes { idle: i64::MAX / 4, absolute: i64::MAX / 4 };
            for device in devices::list_of(&mut tx, &business.actor, user, kept).await? {
                println!("{}\t{}\t{}", device.id, device.seen_at.0, device.name);
            }
            drop(tx);
            business.store.close().await;
            Ok(())
        }
        Action::SignOut { login, device, database } => {
            let (business, user) = find(&login, &database, env).await?;
            let mut tx = business.write().await?;
            match device {
                Some(device) => devices::sign_out_of(&mut tx, &business.actor, user, device).await?,
                None => devices::sign_out_everywhere(&mut tx, &business.actor, user).await?,
            }
            tx.commit().await?;
            println!("{login} is signed out{}.", if device.is_some() { " there" } else { " everywhere" });
            business.store.close().await;
            Ok(())
        }
        Action::Remove { login, database } => {
            let (business, user) = find(&login, &database, env).await?;
            let mut tx = business.write().await?;
            directory::remove(&mut tx, &business.actor, user, || EntryId(env.ulid())).await?;
            tx.commit().await?;
            println!("{login} is removed. The extension is free.");
            business.store.close().await;
            Ok(())
        }
    }
}

async fn find(login: &Login, database: &Database, env: &Env) -> Result<(Business, UserId), CommandError> {
    let business = Business::open(database, &login.domain, env).await?;
    let mut tx = business.store.read().await?;
    let user = business.user(&mut tx, login).await?;
    drop(tx);
    Ok((business, user))
}

async fn add(
    login: &Login,
    new: NewUser,
    password: &password::Source,
    database: &Database,
    env: &Env,
) -> Result<(), CommandError> {
    let business = Business::open(database, &login.domain, env).await?;
    let (text, made_up) = password.read(env)?;
    let hash = Passwords::new(env.clone(), Cost::default())?.hash(text.clone()).await?;
    let mut tx = business.write().await?;
    directory::add(&mut tx, &business.actor, UserId(env.ulid()), new, &hash).await?;
    tx.commit().await?;
    println!("{login} can sign in.");
    show(made_up, &text);
    business.store.close().await;
    Ok(())
}

async fn update(
    login: &Login,
    changes: UpdateUser,
    database: &Database,
    env: &Env,
    outcome: &str,
) -> Result<(), CommandError> {
    let (business, user) = find(login, database, env).await?;
    let mut tx = business.write().await?;
    directory::update(&mut tx, &business.actor, user, changes).await?;
    tx.commit().await?;
    println!("{login} {outcome}.");
    business.store.close().await;
    Ok(())
}

fn show(made_up: bool, password: &str) {
    if made_up {
        println!("Password: {password}");
    }
}

impl From<Role> for halyard_protocol::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Basic => Self::Basic,
            Role::Supervisor => Self::Supervisor,
            Role::OfficeManager => Self::OfficeManager,
            Role::Administrator => Self::Administrator,
        }
    }
}
