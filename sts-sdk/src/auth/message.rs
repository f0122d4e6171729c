//! Requests and responses, as the rules see them.

use http::Uri;
use reqwest::header::HeaderMap;
use reqwest::{Request, Response, StatusCode, Url};

/// Where a request goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) scheme: &'a str,
    pub(super) host: &'a str,
    /// Whether the URL has a user name or a password, which are the caller's own credentials.
    pub(super) has_user: bool,
}

/// A request.
pub(super) trait Outgoing {
    /// Where it goes; `None` if it does not say.
    fn place(&self) -> Option<Place<'_>>;
    /// Its URL, where a response can be held against it.
    fn url(&self) -> Option<&Url>;
    fn headers(&self) -> &HeaderMap;
    fn headers_mut(&mut self) -> &mut HeaderMap;
}

/// A response.
pub(super) trait Incoming {
    fn status(&self) -> StatusCode;
    fn headers(&self) -> &HeaderMap;
    /// Where it came from after redirects, if that is known.
    fn url(&self) -> Option<&Url>;
}

impl<'a> Place<'a> {
    pub(super) fn of_url(url: &'a Url) -> Option<Self> {
        Some(Self {
            scheme: url.scheme(),
            host: url.host_str()?,
            has_user: !url.username().is_empty() || url.password().is_some(),
        })
    }

    /// A URI is not normalised as a URL is: what is written in another way than the list of hosts has it is not on it.
    fn of_uri(uri: &'a Uri) -> Option<Self> {
        let authority = uri.authority()?;
        Some(Self {
            scheme: uri.scheme_str()?,
            host: authority.host(),
            has_user: authority.as_str().contains('@'),
        })
    }
}

impl Outgoing for Request {
    fn place(&self) -> Option<Place<'_>> {
        Place::of_url(Self::url(self))
    }

    fn url(&self) -> Option<&Url> {
        Some(Self::url(self))
    }

    fn headers(&self) -> &HeaderMap {
        Self::headers(self)
    }

    fn headers_mut(&mut self) -> &mut HeaderMap {
        Self::headers_mut(self)
    }
}

impl<B> Outgoing for http::Request<B> {
    fn place(&self) -> Option<Place<'_>> {
        Place::of_uri(self.uri())
    }

    fn url(&self) -> Option<&Url> {
        None
    }

    fn headers(&self) -> &HeaderMap {
        Self::headers(self)
    }

    fn headers_mut(&mut self) -> &mut HeaderMap {
        Self::headers_mut(self)
    }
}

impl Incoming for Response {
    fn status(&self) -> StatusCode {
        Self::status(self)
    }

    fn headers(&self) -> &HeaderMap {
        Self::headers(self)
    }

    fn url(&self) -> Option<&Url> {
        Some(Self::url(self))
    }
}

impl<B> Incoming for http::Response<B> {
    fn status(&self) -> StatusCode {
        Self::status(self)
    }

    fn headers(&self) -> &HeaderMap {
        Self::headers(self)
    }

    fn url(&self) -> Option<&Url> {
        None
    }
}
