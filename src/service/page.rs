//! Pages of lists: how many at once, and where the next one goes on. Every list that can grow comes so.

use data_encoding::BASE64URL_NOPAD;

use super::error::ServiceError;
use crate::codec::key::Key;

/// Items in a page when the caller does not say.
pub const USUAL_ITEMS: usize = 100;
/// At most this many.
pub const MOST_ITEMS: usize = 500;
/// No cursor is longer than this as text.
const MOST_CURSOR_CHARACTERS: usize = 200;

/// Where a page ended: the key of its last item, opaque to whoever carries it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(Vec<u8>);

impl Cursor {
    /// After `key`.
    pub fn after(key: &impl Key) -> Self {
        Self(key.to_bytes())
    }

    /// The key it was made of.
    ///
    /// # Errors
    /// [`ServiceError::BadInput`] for a cursor of another list, or an invented one.
    pub fn key<K: Key>(&self) -> Result<K, ServiceError> {
        K::from_bytes(&self.0).map_err(|_| bad_cursor())
    }

    /// As it travels.
    pub fn to_text(&self) -> String {
        BASE64URL_NOPAD.encode(&self.0)
    }

    /// The cursor that travelled so.
    ///
    /// # Errors
    /// [`ServiceError::BadInput`].
    pub fn from_text(text: &str) -> Result<Self, ServiceError> {
        if text.len() > MOST_CURSOR_CHARACTERS {
            return Err(bad_cursor());
        }
        BASE64URL_NOPAD.decode(text.as_bytes()).map(Self).map_err(|_| bad_cursor())
    }
}

/// Which part of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageRequest {
    /// At most this many; [`USUAL_ITEMS`] when not said, never more than [`MOST_ITEMS`].
    pub limit: Option<usize>,
    /// After this; from the beginning when not said.
    pub after: Option<Cursor>,
}

impl PageRequest {
    /// How many at most.
    pub fn items(&self) -> usize {
        self.limit.unwrap_or(USUAL_ITEMS).clamp(1, MOST_ITEMS)
    }

    /// The key after which it begins.
    ///
    /// # Errors
    /// [`ServiceError::BadInput`].
    pub fn after<K: Key>(&self) -> Result<Option<K>, ServiceError> {
        self.after.as_ref().map(Cursor::key).transpose()
    }
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// In the order of the list.
    pub items: Vec<T>,
    /// Where the next page goes on; none at the end.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// A page of at most `most` of `items`, of which one more was looked for.
    pub fn cut<K: Key>(mut items: Vec<T>, most: usize, key: impl Fn(&T) -> K) -> Self {
        let more = items.len() > most;
        items.truncate(most);
        let next = items.last().filter(|_| more).map(|last| Cursor::after(&key(last)));
        Self { items, next }
    }
}

impl<T> Page<T> {
    /// The page of a list that is at hand whole, in the order of its keys.
    ///
    /// # Errors
    /// [`ServiceError::BadInput`].
    pub fn of<K: Key + Ord>(
        items: Vec<T>,
        request: &PageRequest,
        key: impl Fn(&T) -> K,
    ) -> Result<Self, ServiceError> {
        Self::of_past(items, request, key, |key, after| key > after)
    }

    /// The same where the greatest key comes first.
    ///
    /// # Errors
    /// [`ServiceError::BadInput`].
    pub fn of_falling<K: Key + Ord>(
        items: Vec<T>,
        request: &PageRequest,
        key: impl Fn(&T) -> K,
    ) -> Result<Self, ServiceError> {
        Self::of_past(items, request, key, |key, after| key < after)
    }

    fn of_past<K: Key + Ord>(
        items: Vec<T>,
        request: &PageRequest,
        key: impl Fn(&T) -> K,
        past: fn(&K, &K) -> bool,
    ) -> Result<Self, ServiceError> {
        let (after, most) = (request.after::<K>()?, request.items());
        let rest = items
            .into_iter()
            .filter(|item| after.as_ref().is_none_or(|after| past(&key(item), after)));
        Ok(Self::cut(rest.take(most + 1).collect(), most, key))
    }
}

fn bad_cursor() -> ServiceError {
    ServiceError::bad_input(
        "bad_cursor",
        "This cursor does not belong to this list.",
        "Begin without a cursor, then send each `next` as it came.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_and_an_invented_one_is_refused() {
        let page = Page::cut(vec![1_u64, 2, 3], 2, |item| *item);
        assert_eq!(page.items, [1, 2]);
        let text = page.next.unwrap().to_text();
        assert_eq!(Cursor::from_text(&text).unwrap().key::<u64>().unwrap(), 2);
        assert!(Cursor::from_text(&text).unwrap().key::<[u8; 32]>().is_err());
        assert!(Page::cut(vec![1_u64, 2], 2, |item| *item).next.is_none());
        for bad in ["!", "a", &"a".repeat(201)] {
            assert!(Cursor::from_text(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_page_is_never_empty_nor_endless() {
        let items = |limit| PageRequest { limit, after: None }.items();
        assert_eq!((items(None), items(Some(0)), items(Some(9_999))), (100, 1, 500));
    }
}
