// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.EventBusBuilder;
import dev.jitney.event.Event;
import dev.jitney.event.Selection;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.EventScanner;
import dev.jitney.spi.LineBuffer;
import dev.jitney.spi.LineMatcher;

/** Formats for tests. */
final class TestFormats {

    private TestFormats() {}

    /** The wire form that every bus writes. */
    static EventFormat wire() {
        return EventBusBuilder.create("test").eventFormat();
    }

    /** For tests of bytes: a format that nobody may ask for anything. */
    static EventFormat none() {
        return new EventFormat() {
            @Override
            public void encode(Event event, LineBuffer out) {
                throw new AssertionError("the format was used");
            }

            @Override
            public Event decode(byte[] bytes, int from, int to) {
                throw new AssertionError("the format was used");
            }

            @Override
            public String payloadJson(Event event) {
                throw new AssertionError("the format was used");
            }

            @Override
            public EventScanner scanner() {
                throw new AssertionError("the format was used");
            }

            @Override
            public LineMatcher matcher(Selection selection) {
                throw new AssertionError("the format was used");
            }
        };
    }
}
