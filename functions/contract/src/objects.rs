//! Keys of the image bucket: `{sub}/images/{uuid}.{ext}`, `{sub}/thumbnails/{uuid}.jpg`,
//! `{sub}/checkpoints/{uuid}.gz`, and `operator/reports/test-infra.json`.

/// The folder of what belongs to no user. No `sub` is this.
const OPERATOR: &str = "operator";

/// The tag of every checkpoint, for the bucket's rule that removes what nobody came back to.
pub const CHECKPOINT_TAG: (&str, &str) = ("kind", "checkpoint");

/// What an object is, by its place in the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An image as it was uploaded.
    Image,
    /// The thumbnail made from it.
    Thumbnail,
    /// The state of a conversation that is too large for its table.
    Checkpoint,
    /// What a validation of the environment found, of no user.
    Report,
}

impl Kind {
    /// The folder below the user's.
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Image => "images",
            Self::Thumbnail => "thumbnails",
            Self::Checkpoint => "checkpoints",
            Self::Report => "reports",
        }
    }

    /// A pattern for the keys of this kind of every user, for policies and event rules.
    pub fn pattern(self) -> String {
        let owner = match self {
            Self::Report => OPERATOR,
            Self::Image | Self::Thumbnail | Self::Checkpoint => "*",
        };
        format!("{owner}/{}/*", self.folder())
    }
}

/// A key taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectKey {
    /// The owner, the `sub` of the token.
    pub user_id: String,
    /// What the object is.
    pub kind: Kind,
    /// The item's id.
    pub item_id: String,
    /// The file name's ending, lower case, without a dot.
    pub extension: String,
}

impl ObjectKey {
    /// The key of an original.
    pub fn image(user_id: &str, item_id: &str, extension: &str) -> Self {
        Self::new(user_id, Kind::Image, item_id, extension)
    }

    /// The key of a thumbnail; thumbnails are JPEG.
    pub fn thumbnail(user_id: &str, item_id: &str) -> Self {
        Self::new(user_id, Kind::Thumbnail, item_id, "jpg")
    }

    /// The key of a conversation's state, compressed.
    pub fn checkpoint(user_id: &str, id: &str) -> Self {
        Self::new(user_id, Kind::Checkpoint, id, "gz")
    }

    /// The key of what `test-infra` found last.
    pub fn report() -> Self {
        Self::new(OPERATOR, Kind::Report, "test-infra", "json")
    }

    fn new(user_id: &str, kind: Kind, item_id: &str, extension: &str) -> Self {
        Self {
            user_id: user_id.to_owned(),
            kind,
            item_id: item_id.to_owned(),
            extension: extension.to_owned(),
        }
    }

    /// Takes a key apart; `None` if it is not one of ours.
    pub fn parse(key: &str) -> Option<Self> {
        let mut parts = key.split('/');
        let (user_id, folder, file) = (parts.next()?, parts.next()?, parts.next()?);
        let (item_id, extension) = file.rsplit_once('.')?;
        let kind = [Kind::Image, Kind::Thumbnail]
            .into_iter()
            .find(|k| k.folder() == folder)?;
        let plain = |part: &str| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        let whole = parts.next().is_none() && [user_id, item_id, extension].into_iter().all(plain);
        whole.then(|| Self::new(user_id, kind, item_id, extension))
    }
}

impl std::fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}/{}/{}.{}",
            self.user_id,
            self.kind.folder(),
            self.item_id,
            self.extension
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, ObjectKey};

    #[test]
    fn a_key_reads_back_as_it_was_written() {
        let image = ObjectKey::image("sub-1", "7f", "webp");
        assert_eq!(image.to_string(), "sub-1/images/7f.webp");
        assert_eq!(ObjectKey::parse("sub-1/images/7f.webp"), Some(image));
        let thumbnail = ObjectKey::thumbnail("sub-1", "7f");
        assert_eq!(ObjectKey::parse("sub-1/thumbnails/7f.jpg"), Some(thumbnail));
        assert_eq!(Kind::Image.pattern(), "*/images/*");
    }

    #[test]
    fn the_report_is_the_operators_and_no_image_of_a_user() {
        let key = ObjectKey::report().to_string();
        assert_eq!(key, "operator/reports/test-infra.json");
        assert_eq!(Kind::Report.pattern(), "operator/reports/*");
        assert_eq!(ObjectKey::parse(&key), None);
    }

    #[test]
    fn foreign_keys_are_not_ours() {
        for key in [
            "",
            "a/b",
            "a/images/",
            "a/images/x",
            "/images/x.jpg",
            "a/images/x.jpg/y",
            "a/other/x.jpg",
            "../images/x.jpg",
            "a/images/../x.jpg",
            "a/images/x .jpg",
        ] {
            assert_eq!(ObjectKey::parse(key), None, "{key}");
        }
    }
}
