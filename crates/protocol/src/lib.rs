//! What both ends say.
