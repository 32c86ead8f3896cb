// SPDX-License-Identifier: Apache-2.0
package dev.jitney.event;

/** An event in one line, for people. */
final class EventText {

    private EventText() {}

    static String of(Event event) {
        return "Event[topic="
                + event.topic()
                + ", id="
                + event.id()
                + ", source="
                + event.source()
                + ", time="
                + (event.hasTime() ? event.time() : "none")
                + (event.hasPayload() ? ", payload=" + Payloads.show(event.payload()) : "")
                + "]";
    }
}
