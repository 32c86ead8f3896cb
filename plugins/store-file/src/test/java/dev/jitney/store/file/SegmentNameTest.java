// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The names of segments and of their files. */
class SegmentNameTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0, 00000000000000000000",
        "663000, 0, 00000000000000663000",
        "663000, 12, 00000000000000663000.12",
        "9223372036854775807, 1, 09223372036854775807.1",
    })
    void namesItsFilesWithTwentyDigitsAndTheGeneration(long base, int generation, String stem) {
        SegmentName name = new SegmentName(base, generation);

        assertThat(name.log()).isEqualTo("store/" + stem + ".jsonl");
        assertThat(name.sidecar()).isEqualTo("store/" + stem + ".sum");
        assertThat(name.index()).isEqualTo("index/" + stem + ".idx");
        assertThat(SegmentName.ofLog(stem + ".jsonl")).isEqualTo(name).hasSameHashCodeAs(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00000000000000000000.sum",
                "1.jsonl",
                "00000000000000000000-1.jsonl",
                "00000000000000000000..jsonl",
                "-0000000000000000001.jsonl",
                "+0000000000000000001.jsonl",
                "99999999999999999999.jsonl",
            })
    void doesNotTakeOtherFilesForSegments(String file) {
        assertThat(SegmentName.ofLog(file)).isNull();
    }

    @Test
    void equalsOnlyTheSameBaseAndGeneration() {
        SegmentName name = new SegmentName(7, 1);

        assertThat(name)
                .isNotEqualTo(new SegmentName(7, 2))
                .isNotEqualTo(new SegmentName(8, 1))
                .isNotEqualTo("7.1");
    }
}
