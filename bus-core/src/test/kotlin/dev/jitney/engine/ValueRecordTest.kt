// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.event.Event
import dev.jitney.event.TopicPattern
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import java.time.Instant

class ValueRecordTest {
    private val created: Instant = Instant.parse("2026-01-01T00:00:00.123456789Z")
    private val event = Event.builder("t").payload(1).time(created).build()
    private val handler = HandlerName(TopicPattern.parse("t"), 7, null)

    private fun record(begun: Long, took: Long): HandlerRecord {
        val start = created.toEpochMilli() + begun
        val record = ValueRecord.of(event, handler, start, start + took, "value")
        val result = record.result(event)
        assertThat(result.start()).isEqualTo(Instant.ofEpochMilli(start))
        assertThat(result.end()).isEqualTo(Instant.ofEpochMilli(start + took))
        assertThat(result.value()).isEqualTo("value")
        assertThat(result.attempts()).isEqualTo(1)
        assertThat(result.published()).isEmpty()
        assertThat(result.subscriptionId()).isEqualTo("s7")
        assertThat(result.subscription()).isEqualTo("t#s7")
        return record
    }

    @Test
    @DisplayName("RES-1 a small record gives back its times to the millisecond, in the whole of its range")
    fun small() {
        for (begun in listOf(-1_000L, -1, 0, 1, 32_767, 32_768, 64_535)) {
            for (took in listOf(0L, 1, 32_768, 65_535)) {
                assertThat(record(begun, took)).isInstanceOf(ValueRecord::class.java)
            }
        }
    }

    @Test
    @DisplayName("RES-1 past its range a larger record gives them back as well")
    fun large() {
        for (begun in listOf(-1_000_000_000_000L, -1_001, 64_536, 1_000_000_000_000)) {
            assertThat(record(begun, 0)).isInstanceOf(KeptResult::class.java)
        }
        for (took in listOf(-1L, 65_536, 1_000_000_000_000)) {
            assertThat(record(0, took)).isInstanceOf(KeptResult::class.java)
        }
    }
}
