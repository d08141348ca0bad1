use proptest::prelude::*;

use super::*;

fn parsed(text: &str) -> Option<String> {
    parse_js_date(text).map(to_iso_string)
}

fn parsed_by_dayjs(text: &str) -> Option<String> {
    parse_dayjs(text).map(to_iso_string)
}

#[test]
fn iso_forms_are_read() {
    for (text, expected) in [
        ("2024", "2024-01-01T00:00:00.000Z"),
        ("2024-03", "2024-03-01T00:00:00.000Z"),
        ("2024-03-07T24:00", "2024-03-08T00:00:00.000Z"),
        ("2024-03-07T10:20:30.5Z", "2024-03-07T10:20:30.500Z"),
        ("2024-03-07T10:20:30.123456789+0230", "2024-03-07T07:50:30.123Z"),
        ("-000001-12-31T23:59-00:30", "0000-01-01T00:29:00.000Z"),
        ("+275760-09-13", "+275760-09-13T00:00:00.000Z"),
        ("0099-01-01", "0099-01-01T00:00:00.000Z"),
        ("2024-02-30", "2024-03-01T00:00:00.000Z"),
    ] {
        assert_eq!(parsed(text).as_deref(), Some(expected), "{text:?}");
    }
}

#[test]
fn lenient_forms_are_read() {
    for (text, expected) in [
        ("March 7", "2001-03-07T00:00:00.000Z"),
        ("2024/3/7 10:00 PM", "2024-03-07T22:00:00.000Z"),
        ("Thu, 07 Mar 2024 10:00:00 GMT", "2024-03-07T10:00:00.000Z"),
        (
            "Thu Mar 07 2024 10:00:00 GMT+0200 (Central European (so to say) Time)",
            "2024-03-07T08:00:00.000Z",
        ),
        ("7-Mar-24 1:2:3.4", "2024-03-07T01:02:03.400Z"),
        ("3/7/70 0:00 EST", "1970-03-07T05:00:00.000Z"),
        ("2024-03-07 10:00:00 PDT", "2024-03-07T17:00:00.000Z"),
        ("2024-3-7", "2024-03-07T00:00:00.000Z"),
        ("5", "2001-05-01T00:00:00.000Z"),
        ("Mar 7 2024 10:00\u{202f}AM", "2024-03-07T10:00:00.000Z"),
        ("Mar 7 2024 GMT-8", "2024-03-07T08:00:00.000Z"),
    ] {
        assert_eq!(parsed(text).as_deref(), Some(expected), "{text:?}");
    }
}

#[test]
fn other_texts_are_not_dates() {
    for text in [
        "",
        "soon",
        "2024-13-01",
        "2024-03-07T25:00",
        "2024-03-07T24:00:01",
        "2024-03-07T10:00+2",
        "-000000-01-01T00:00Z",
        "+275760-09-13T00:00:00.001Z",
        "Mar 7 2024 13:00 PM",
        "March7 of 2024",
        "1 2 3 4",
        "10:00",
    ] {
        assert_eq!(parsed(text), None, "{text:?}");
    }
}

#[test]
fn dayjs_reads_parts_and_lets_them_roll_over() {
    for (text, expected) in [
        ("2024-03-07 10:20:30.5", "2024-03-07T10:20:30.005Z"),
        ("2024/3/7", "2024-03-07T00:00:00.000Z"),
        ("20240307T1020", "2024-03-07T10:20:00.000Z"),
        ("2024-13-40", "2025-02-09T00:00:00.000Z"),
        ("2024-00-00", "2023-11-30T00:00:00.000Z"),
        ("0050", "1950-01-01T00:00:00.000Z"),
        ("2024-03-07 99:00", "2024-03-11T03:00:00.000Z"),
        ("2024-03-07T10:20:30.5Z", "2024-03-07T10:20:30.500Z"),
        ("March 7 2024", "2024-03-07T00:00:00.000Z"),
    ] {
        assert_eq!(parsed_by_dayjs(text).as_deref(), Some(expected), "{text:?}");
    }
    assert_eq!(parsed_by_dayjs("2024-13-40Z"), None);
}

#[test]
fn calendar_facts_hold() {
    let leap_day = Civil::from_millis(parse_js_date("2024-02-29").expect("a date"));
    assert_eq!((leap_day.weekday(), leap_day.day_of_year()), (4, 60));
    assert_eq!(
        [
            days_in_month(1900, 2),
            days_in_month(2000, 2),
            days_in_month(2024, 11)
        ],
        [28, 29, 30]
    );
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in "\\PC*") {
        let _ = (parse_js_date(&text), parse_dayjs(&text));
    }

    #[test]
    fn date_like_texts_are_read_without_a_panic(text in "([0-9]{1,12}|[-+:./() TZ]|am|pm|mar|gmt|est|é|x){0,12}") {
        for millis in [parse_js_date(&text), parse_dayjs(&text)].into_iter().flatten() {
            prop_assert!(clip(millis).is_some());
        }
    }

    #[test]
    fn printed_dates_are_read_back(millis in -MAX_MILLIS..=MAX_MILLIS) {
        prop_assert_eq!(parse_js_date(&to_iso_string(millis)), Some(millis));
        prop_assert_eq!(Civil::from_millis(millis).to_millis(), millis);
    }

    #[test]
    fn days_follow_one_another(millis in -MAX_MILLIS..MAX_MILLIS - MILLIS_A_DAY) {
        let (today, tomorrow) = (Civil::from_millis(millis), Civil::from_millis(millis + MILLIS_A_DAY));
        prop_assert_eq!((today.weekday() + 1) % 7, tomorrow.weekday());
        let expected = if today.day == days_in_month(today.year, today.month) { 1 } else { today.day + 1 };
        prop_assert_eq!(tomorrow.day, expected);
    }
}
