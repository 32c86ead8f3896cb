// SPDX-License-Identifier: Apache-2.0
package dev.jitney.state.tracker;

import dev.jitney.event.Event;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.PluginContext;
import dev.jitney.tck.TckContext;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A context without a bus, which keeps what a tracker publishes. */
final class Told implements PluginContext {

    private final TckContext context = new TckContext();
    final List<Event> published = new CopyOnWriteArrayList<>();

    @Override
    public EventFormat eventFormat() {
        return context.eventFormat();
    }

    @Override
    public InstantSource clock() {
        return context.clock();
    }

    @Override
    public void publish(Event event) {
        published.add(event);
    }

    /** A tracker of one machine. */
    StateTracker tracker(StateMachine machine) {
        StateTracker tracker = StateTracker.builder().machine(machine).build();
        tracker.start(this);
        return tracker;
    }

    /** An event that names the state that its thing goes to. */
    static Event to(StateMachine machine, String entity, String state) {
        return Event.builder(machine.name() + ".state_changed")
                .key(entity)
                .payload(Map.of("state", state))
                .build();
    }
}
