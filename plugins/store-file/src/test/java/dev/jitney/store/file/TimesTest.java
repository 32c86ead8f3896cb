// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Times are read as Java reads them")
class TimesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-03-01T00:00:00Z",
                "2024-02-29T23:59:59.5Z",
                "2026-03-01T12:34:56.789Z",
                "2026-03-01T12:34:56.000000001Z",
                "0001-01-01T00:00:00.123456Z",
                "2026-03-01T24:00:00Z",
                "2026-03-01T23:59:60Z",
                "+10000-01-01T00:00:00Z",
                "-0001-01-01T00:00:00Z",
                "2026-03-01t00:00:00z",
                "2026-03-01T00:00:00.Z"
            })
    void asJava(String text) {
        assertThat(Times.parse(text)).isEqualTo(Instant.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Z",
                "2026-03-01T00:00:00",
                "2026-02-29T00:00:00Z",
                "2026-03-01T25:00:00Z",
                "2026-03-01 00:00:00Z",
                "2026-03-01T00:00:00,5Z",
                "2026-03-01T00:00:00.12345678x0Z",
                "2026-03-01T00:00:00.1234567890Z",
                "٢٠٢٦-03-01T00:00:00Z"
            })
    void orNotAtAll(String text) {
        assertThatThrownBy(() -> Instant.parse(text)).isInstanceOf(DateTimeException.class);
        assertThatThrownBy(() -> Times.parse(text)).isInstanceOf(DateTimeException.class);
    }
}
