// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LinesTest {

    @Test
    @DisplayName("STO-3 a line break is found wherever it is, among bytes that look like one")
    void agreesWithThePlainWay() {
        Random random = new Random(3);
        // Neighbours of the line break, and bytes with the high bit, are what could be taken for
        // it.
        byte[] kinds = {
            '\n', 0x0b, 0x09, (byte) 0x8a, 0x00, (byte) 0xff, 'a', 'b', 'c', 'd', 'e', 'f'
        };
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[random.nextInt(40)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = kinds[random.nextInt(kinds.length)];
            }
            int from = random.nextInt(bytes.length + 1);
            int to = from + random.nextInt(bytes.length - from + 1);
            int first = -1;
            int last = -1;
            int count = 0;
            for (int i = from; i < to; i++) {
                if (bytes[i] == '\n') {
                    first = first < 0 ? i : first;
                    last = i;
                    count++;
                }
            }
            assertThat(Lines.first(bytes, from, to)).isEqualTo(first);
            assertThat(Lines.last(bytes, from, to)).isEqualTo(last);
            assertThat(Lines.count(bytes, from, to)).isEqualTo(count);
        }
    }
}
