//! View models: what the screens show, as plain values. Each is made from the machine's state on request; the names in
//! [`crate::Changed`] say when to ask again. Words are here; how times and numbers of a count are written is the
//! view's (the browser knows the user's locale).

mod app;
mod avatar;
mod card;
mod column;
mod composer;
mod contacts;
mod devices;
mod importing;
mod installation;
mod line;
mod palette;
mod recipients;
mod state;
mod timeline;

pub use app::{ConnectionView, MeView, NoticeView, QuestionView, RailView, RoundView, SealedView, SessionView};
pub use avatar::{AvatarView, Face};
pub use card::{CardView, HeaderView};
pub use column::{RowView, When};
pub use composer::{ComposerView, CounterView, FileView, NumberOption, UsingView, is_night};
pub use contacts::{ContactRowView, ContactsView, DetailsView, FormView, NumberView};
pub use devices::DeviceView;
pub use importing::{ImportFileView, ImportRowView, ImportView};
pub use installation::InstallationView;
pub use line::{LineIcon, LineView};
pub use palette::{Note, PaletteEntry, PaletteView};
pub use recipients::{BubbleView, RecipientsView};
pub use state::{Again, RecipientState, StateIcon, StateView};
pub use timeline::{Item, MediaShape, MediaView, MessageView, OlderView, TimelineView};
