// SPDX-License-Identifier: Apache-2.0
package dev.jitney.redactor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.spi.Masker;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class HostileTest {

    private static final int LENGTH = 1 << 18;

    /**
     * Of the processor, not of the clock; the bench measures, and this finds what is not linear.
     */
    private static final long MOST_NANOS = 1_000_000_000L;

    private final List<String> slow = new ArrayList<>();

    private void measure(String what, String text, UnaryOperator<String> mask) {
        long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        String masked = mask.apply(text);
        long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
        assertThat(masked).isNotNull();
        if (nanos > MOST_NANOS) {
            slow.add("'" + what + "' took " + nanos / 1_000_000 + " ms");
        }
    }

    @Test
    @DisplayName("RED-1 takes linear time, whatever the text is")
    void takesLinearTime() {
        Masker redactor = Corpus.redactor(Map.of());
        Hostile.texts(LENGTH).forEach((what, text) -> measure(what, text, redactor::mask));
        Hostile.jsons(LENGTH).forEach((what, text) -> measure(what, text, redactor::maskJson));
        assertThat(slow).isEmpty();
    }

    @Test
    @DisplayName("RED-1 takes linear time with own rules that would make a regex backtrack")
    void takesLinearTimeWithOwnRules() {
        Masker redactor =
                Corpus.redactor(Map.of("rules", "one=[a ]*[a ]*[a ]*b;two=\\d*\\d*\\d*x"));
        for (String unit : List.of("a", "a ", "1", "aa 11 ")) {
            measure(unit, unit.repeat(LENGTH / 4 / unit.length()), redactor::mask);
        }
        assertThat(slow).isEmpty();
    }

    @Test
    @DisplayName("RED-1 never throws, and masks no more the second time, on texts made of pieces")
    void bearsAnything() {
        Masker redactor = Corpus.redactor(Map.of());
        List<String> pieces = new ArrayList<>(Hostile.texts(20).keySet());
        pieces.addAll(Corpus.clean());
        Corpus.leaks().forEach(row -> pieces.add(row.replaceAll("[«»]", "")));
        Random random = new Random(42);
        for (int i = 0; i < 8_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(6); n >= 0; n--) {
                String piece = pieces.get(random.nextInt(pieces.size()));
                text.append(piece, 0, random.nextInt(piece.length() + 1));
            }
            String once = redactor.mask(text.toString());
            redactor.maskJson(text.toString());
            redactor.maskValue(text.toString(), text.toString());
            assertThat(redactor.mask(once)).as("of %s", text).isEqualTo(once);
        }
    }
}
