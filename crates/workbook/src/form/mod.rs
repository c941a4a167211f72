//! What each column of a form asks, and whether it is answered, declined or asked back.
