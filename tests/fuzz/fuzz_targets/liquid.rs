//! A template of any text: refused, or rendered within its budget.
#![no_main]

use std::time::{Duration, Instant};

use libfuzzer_sys::fuzz_target;
use serde_json::json;
use waystation_liquid::{Budget, Counters, Template};

fuzz_target!(|source: &str| {
    let Ok(template) = Template::compile(source) else { return };
    let event = json!({
        "event": "Tested", "name": "Ana", "price": 12.5, "count": 3, "empty": "", "none": null, "yes": true,
        "list": [3, 1, 2, "x", null, {"k": "v"}], "nested": {"a": {"b": "c"}}, "date": "2024-02-29T10:00:00Z",
    });
    let started = Instant::now();
    let rendered = template.render(&event, &mut Counters::default(), &mut Budget::default());
    assert!(started.elapsed() < Duration::from_secs(5), "the time budget was not kept");
    if let Ok(text) = rendered {
        assert!(text.len() < 64 << 20, "the output budget was not kept: {} bytes", text.len());
    }
});
