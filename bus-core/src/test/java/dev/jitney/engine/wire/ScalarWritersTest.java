// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.PayloadException;
import dev.jitney.spi.LineBuffer;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("EVT-4 numbers and times are written by hand as the JDK writes them")
class ScalarWritersTest {

    private static final int MANY = 50_000;

    private final Random random = new Random(7);
    private final LineBuffer out = new LineBuffer(8);

    private String of(long value) {
        out.length(0);
        NumberWriter.write(out, value);
        return out.toString();
    }

    private String of(double value) {
        out.length(0);
        NumberWriter.write(out, value);
        return out.toString();
    }

    @Test
    void wholeNumbersOfEveryLength() {
        assertThat(of(0L)).isEqualTo("0");
        assertThat(of(Long.MIN_VALUE)).isEqualTo("-9223372036854775808");
        assertThat(of(Long.MAX_VALUE)).isEqualTo("9223372036854775807");
        for (long power = 1; power > 0 && power <= Long.MAX_VALUE / 10; power *= 10) {
            for (long value : new long[] {power - 1, power, power + 1, -power, 9 * power}) {
                assertThat(of(value)).isEqualTo(Long.toString(value));
            }
        }
        for (int i = 0; i < MANY; i++) {
            long value = random.nextLong() >> random.nextInt(64);
            assertThat(of(value)).isEqualTo(Long.toString(value));
        }
    }

    @Test
    void usualFractionsAsTheyAreSaid() {
        assertThat(of(31.5)).isEqualTo("31.5");
        assertThat(of(-31.05)).isEqualTo("-31.05");
        assertThat(of(0.001)).isEqualTo("0.001");
        assertThat(of(100.0)).isEqualTo("100.0");
        assertThat(of(9_999_999.999)).isEqualTo("9999999.999");
        assertThat(of(0.0)).isEqualTo("0.0");
        assertThat(of(-0.0)).isEqualTo("-0.0");
        assertThat(of(1e7)).isEqualTo("1.0E7");
        assertThat(of(0.1 + 0.2)).isEqualTo("0.30000000000000004");
        assertThat(of(Double.MIN_VALUE)).isEqualTo("4.9E-324");
    }

    @Test
    void everyFractionIsReadBackAsTheSameDouble() {
        for (int i = 0; i < MANY; i++) {
            double value =
                    switch (i % 3) {
                        case 0 -> random.nextLong(-100_000_000_000L, 100_000_000_000L) / 1000.0;
                        case 1 -> random.nextDouble() * 1e7;
                        default -> Double.longBitsToDouble(random.nextLong());
                    };
            if (Double.isFinite(value)) {
                String text = of(value);
                assertThat(Double.parseDouble(text)).isEqualTo(value);
                assertThat(text.length()).isLessThanOrEqualTo(Double.toString(value).length());
            }
        }
    }

    @Test
    void timesWithAnyNumberOfDigits() {
        TimestampWriter times = new TimestampWriter();
        int[] units = {1, 1000, 1_000_000, 1_000_000_000};
        for (int i = 0; i < MANY; i++) {
            int unit = units[i % units.length];
            int nanos = random.nextInt(1_000_000_000) / unit * unit;
            // Several in one second, as events come, and seconds of all years.
            long second =
                    i % 5 == 0
                            ? random.nextLong(-62_167_219_200L, 253_402_300_800L)
                            : 1_800_000_000L;
            Instant time = Instant.ofEpochSecond(second, nanos);
            out.length(0);
            times.write(out, time);
            assertThat(out.toString()).isEqualTo("\"" + time + "\"");
        }
    }

    @Test
    void aTimeThatCannotBeWrittenIsRefused() {
        TimestampWriter times = new TimestampWriter();
        Instant late = Instant.ofEpochSecond(253_402_300_800L);

        assertThatThrownBy(() -> times.write(out, late))
                .isInstanceOf(PayloadException.class)
                .hasMessage(
                        "Time +10000-01-01T00:00:00Z cannot be written. Use a year from 0 to"
                                + " 9999.");
    }
}
