//! Enrolment against an office of the test's own, over real TLS.
