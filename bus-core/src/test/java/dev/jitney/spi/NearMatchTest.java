// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearMatchTest {

    private static final List<String> KNOWN =
            List.of("timeout", "postgres", "file", "nats", "redis", "segment-bytes", "x");

    @ParameterizedTest
    @CsvSource({
        "tiemout,timeout", "timeuot,timeout", "timeot,timeout", "timeoutt,timeout",
        "postgers,postgres", "postgresql,postgres", "fiel,file", "segmentbytes,segment-bytes",
        "segment-byt,segment-bytes"
    })
    void findsWhatWasMeant(String unknown, String meant) {
        assertThat(NearMatch.of(unknown, KNOWN)).isEqualTo(meant);
    }

    @ParameterizedTest
    @CsvSource({"colour", "f", "lief", "y", "nope", "segment", "kafka"})
    void findsNothingWhereNothingIsNear(String unknown) {
        assertThat(NearMatch.of(unknown, KNOWN)).isNull();
    }

    @Test
    void takesTheFirstOfEquallyNearNames() {
        assertThat(NearMatch.of("bat", List.of("hat", "cat", "rat"))).isEqualTo("cat");
        assertThat(NearMatch.of("", List.of("a"))).isNull();
        assertThat(NearMatch.of("a", List.of())).isNull();
    }
}
