// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.event.Event;
import dev.jitney.event.InvalidTopicException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FindOptionsTest {

    @Test
    @DisplayName("HIS-2 a search looks at the whole past and waits for nothing unless told to")
    void defaults() {
        FindOptions options = FindOptions.of("order.*");
        assertThat(options.pattern().text()).isEqualTo("order.*");
        assertThat(options.past()).isEqualTo(FindOptions.UNLIMITED);
        assertThat(options.future()).isZero();
        assertThat(options.predicate()).isNull();
        assertThat(options.childOf()).isNull();
        assertThat(options.reachIntoStore()).isFalse();
        assertThat(options)
                .hasToString("FindOptions[pattern=order.*, past=unlimited, future=PT0S]");
    }

    @Test
    @DisplayName("HIS-2 windows, condition, ancestor and store are kept as they were given")
    void everythingSet() {
        Event ancestor = Event.of("order.placed", 1).withId("a1");
        FindOptions options =
                FindOptions.builder("*")
                        .predicate(event -> event.key() == null)
                        .past(Duration.ofSeconds(5))
                        .future(Duration.ofMillis(1))
                        .childOf(ancestor)
                        .reachIntoStore()
                        .build();
        assertThat(options.predicate()).accepts(ancestor);
        assertThat(options.childOf()).isSameAs(ancestor);
        assertThat(options)
                .hasToString(
                        "FindOptions[pattern=*, past=PT5S, future=PT0.001S, predicate, childOf=a1,"
                                + " reachIntoStore]");
        FindOptions ahead = FindOptions.builder("*").noPast().unlimitedFuture().build();
        assertThat(ahead).hasToString("FindOptions[pattern=*, past=PT0S, future=unlimited]");
    }

    @Test
    @DisplayName("HIS-2 a negative window and a wrong pattern are refused")
    void refusals() {
        FindOptions.Builder builder = FindOptions.builder("a");
        assertThatThrownBy(() -> builder.past(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Past window 'PT-1S' is negative. Use zero for none, or more.");
        assertThatThrownBy(() -> builder.future(Duration.ofNanos(-1)))
                .hasMessage(
                        "Future window 'PT-0.000000001S' is negative. Use zero for none, or more.");
        assertThatThrownBy(() -> FindOptions.of("a..b")).isInstanceOf(InvalidTopicException.class);
    }
}
