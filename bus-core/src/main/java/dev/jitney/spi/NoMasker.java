// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

import dev.jitney.event.Event;

/** Masks nothing, and writes no payload to find that out. */
enum NoMasker implements Masker {
    INSTANCE;

    @Override
    public String mask(String text) {
        return text;
    }

    @Override
    public String maskValue(String name, String value) {
        return value;
    }

    @Override
    public String maskJson(String json) {
        return json;
    }

    @Override
    public Event mask(Event event, EventFormat format) {
        return event;
    }
}
