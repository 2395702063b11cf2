//! Finds where routes are by trying the forms that an address allows, in order.

use super::super::super::http::HttpError;
use super::super::address::Route;

/// A search for the form in which a route exists.
#[derive(Debug)]
pub(in super::super) struct Search<'a> {
    routes: &'a [Route],
    absent: Option<HttpError>,
}

impl<'a> Search<'a> {
    /// Through these forms; without any there is one request, as the dialect has it.
    pub(in super::super) fn new(routes: &'a [Route]) -> Self {
        Self { routes, absent: None }
    }

    /// The form for the next request.
    pub(in super::super) fn route(&self) -> Option<Route> {
        self.routes.first().copied()
    }

    /// Takes the outcome of a request; `None` means that another form must be tried. If the route exists in no form, the first
    /// failure is the outcome.
    pub(in super::super) fn outcome<T>(&mut self, outcome: Result<T, HttpError>) -> Option<Result<T, HttpError>> {
        match outcome {
            Err(error) if is_absent(&error) => {
                let first = self.absent.take().unwrap_or(error);
                match self.routes {
                    [_, rest @ ..] if !rest.is_empty() => {
                        (self.routes, self.absent) = (rest, Some(first));
                        None
                    }
                    _ => Some(Err(first)),
                }
            }
            outcome => Some(outcome),
        }
    }
}

/// Whether a failure means that there is no such route: gateways return a page, or their start page.
fn is_absent(error: &HttpError) -> bool {
    let page = matches!(error, HttpError::ContentType { .. } | HttpError::NotJson { .. });
    page || matches!(error.status(), Some(404 | 405 | 501))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::member::http::At;

    fn at() -> At {
        At::new("x", "http://x")
    }

    #[test]
    fn the_form_that_is_there_is_the_outcome_and_the_first_failure_where_none_is() {
        let absent = |found: &str| HttpError::NotJson { at: at(), found: found.to_owned() };
        let mut search = Search::new(&[Route::Direct, Route::Versioned]);
        assert_eq!(search.route(), Some(Route::Direct));
        assert_eq!(search.outcome::<u8>(Err(absent("first"))), None);
        assert_eq!(search.route(), Some(Route::Versioned));
        assert_eq!(search.outcome::<u8>(Err(absent("second"))), Some(Err(absent("first"))));
        let mut alone = Search::new(&[]);
        assert_eq!((alone.route(), alone.outcome(Ok(7))), (None, Some(Ok(7))));
        let refused = HttpError::Refused { at: at() };
        assert_eq!(Search::new(&[Route::Direct, Route::Versioned]).outcome::<u8>(Err(refused.clone())), Some(Err(refused)));
    }
}
