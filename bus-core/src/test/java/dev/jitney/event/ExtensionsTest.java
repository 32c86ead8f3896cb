// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ExtensionsTest {

    // What stands before a character must not change what is thought of it.
    private static final List<String> BEFORE =
            List.of("", "plain", "\u00e9", "plain\u20ac", "\ud83d\ude80");

    @Test
    @DisplayName("EVT-5 a value travels without control characters, halves and noncharacters")
    void everyCharacter() {
        for (int i = 0; i <= 0xffff; i++) {
            char c = (char) i;
            boolean legal = isLegal(c);
            for (String before : BEFORE) {
                assertThat(Extensions.travels("name", before + c + "end"))
                        .as("%04x after '%s'", i, before)
                        .isEqualTo(legal);
                assertThat(Extensions.travels("name", before + c)).isEqualTo(legal);
            }
        }
    }

    private static boolean isLegal(char c) {
        return c >= 0x20
                && (c < 0x7f || c > 0x9f)
                && !Character.isSurrogate(c)
                && (c < 0xfdd0 || c > 0xfdef)
                && c < 0xfffe;
    }

    @Test
    @DisplayName("EVT-5 a name travels with 1 to 20 of a-z and 0-9 that mean nothing else")
    void names() {
        assertThat(List.of("a", "z9", "abcdefghijklmnopqrst"))
                .allMatch(name -> Extensions.travels(name, "v"));
        assertThat(List.of("", "A", "a-b", "abcdefghijklmnopqrstu", "id", "severity"))
                .noneMatch(name -> Extensions.travels(name, "v"));
    }
}
