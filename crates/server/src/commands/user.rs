//! `user`: the extensions of a tenant.

use clap::{Args, Subcommand, ValueEnum};
use halyard_protocol::{Availability, Change, UserId};

use super::{CommandError, find_tenant, find_user, open, password};
use crate::auth::password::{Cost, Passwords};
use crate::config::{Database, Login, domain, login};
use crate::env::Env;
use crate::store::{self, StoreError};

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
    /// Office Manager: also changes shared contacts.
    OfficeManager,
    /// Administrator.
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
            let user = halyard_protocol::User {
                id: UserId(env.ulid()),
                extension: login.extension.clone(),
                name,
                department,
                email,
                role: role.into(),
                availability: Availability::Available,
                status_text: String::new(),
            };
            add(&login, user, &password, &database, env).await
        }
        Action::List { domain, database } => {
            let store = open(&database).await?;
            let mut tx = store.read().await?;
            let tenant = find_tenant(&mut tx, &domain).await?;
            for user in store::users::directory(&mut tx, tenant.id).await? {
                let numbers = store::numbers::of_user(&mut tx, user.id).await?;
                let numbers: Vec<String> = numbers.iter().map(|own| own.number.to_string()).collect();
                println!("{}\t{}\t{}\t{}", user.extension, user.name, user.department, numbers.join(" "));
            }
            Ok(())
        }
        Action::Password { login, password, database } => {
            let (text, made_up) = password.read(env)?;
            let hash = Passwords::new(env.clone(), Cost::default())?.hash(text.clone()).await?;
            let store = open(&database).await?;
            let mut tx = store.read().await?;
            let (tenant, user) = find_user(&mut tx, &login).await?;
            drop(tx);
            // One after the other with sign-ins of the tenant: none that has checked the old password is missed.
            let mut tx = store.write(tenant.id).await?;
            store::users::set_password(&mut tx, user.id, &hash).await?;
            tx.commit().await?;
            println!("The password of {login} is changed.");
            show(made_up, &text);
            store.close().await;
            Ok(())
        }
        Action::Disable { login, database } => {
            let store = open(&database).await?;
            let mut tx = store.read().await?;
            let (tenant, user) = find_user(&mut tx, &login).await?;
            drop(tx);
            let mut tx = store.write(tenant.id).await?;
            store::users::disable(&mut tx, user.id, env.now()).await?;
            let change = Change::UserRemoved { user: user.id };
            store::events::log_all(&mut tx, tenant.id, env.now(), &change).await?;
            tx.commit().await?;
            println!("{login} is disabled and signed out.");
            store.close().await;
            Ok(())
        }
        Action::Enable { login, database } => {
            let store = open(&database).await?;
            let mut tx = store.read().await?;
            let tenant = find_tenant(&mut tx, &login.domain).await?;
            drop(tx);
            let mut tx = store.write(tenant.id).await?;
            let enabled = store::users::enable(&mut tx, tenant.id, &login.extension).await?;
            let refused = || CommandError::Refused(format!("there is no user {login}, or they are not disabled"));
            let user = enabled.ok_or_else(refused)?;
            store::events::log_all(&mut tx, tenant.id, env.now(), &Change::UserChanged { user }).await?;
            tx.commit().await?;
            println!("{login} can sign in again.");
            store.close().await;
            Ok(())
        }
    }
}

async fn add(
    login: &Login,
    user: halyard_protocol::User,
    password: &password::Source,
    database: &Database,
    env: &Env,
) -> Result<(), CommandError> {
    let store = open(database).await?;
    let mut tx = store.read().await?;
    let tenant = find_tenant(&mut tx, &login.domain).await?;
    drop(tx);
    let (text, made_up) = password.read(env)?;
    let hash = Passwords::new(env.clone(), Cost::default())?.hash(text.clone()).await?;
    let mut tx = store.write(tenant.id).await?;
    match store::users::add(&mut tx, tenant.id, &user, &hash, env.now()).await {
        Err(StoreError::Taken) => return Err(CommandError::Refused(format!("there is a user {login} already"))),
        outcome => outcome?,
    }
    store::events::log_all(&mut tx, tenant.id, env.now(), &Change::UserChanged { user }).await?;
    tx.commit().await?;
    println!("{login} can sign in.");
    show(made_up, &text);
    store.close().await;
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
