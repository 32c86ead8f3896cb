// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import dev.jitney.event.DeadLetter;
import dev.jitney.spi.DeadLetterSink;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A dead-letter sink whose failure to take a letter is logged and changes nothing (ERR-6), and
 * which says what it evicts (ERR-5). Its other methods fail to those that call them.
 */
final class GuardedSink implements DeadLetterSink {

    private static final String LABEL = "dead-letter sink";

    private final DeadLetterSink sink;
    private final PluginLog log;

    GuardedSink(DeadLetterSink sink, PluginLog log) {
        this.sink = sink;
        this.log = log;
    }

    @Override
    public List<DeadLetter> add(DeadLetter letter) {
        List<DeadLetter> evicted = keep(letter);
        return evicted == null ? List.of() : evicted;
    }

    /** Adds a letter and returns what was evicted for it, or null if it was not kept. */
    @Nullable List<DeadLetter> keep(DeadLetter letter) {
        try {
            List<DeadLetter> evicted = sink.add(letter);
            if (!evicted.isEmpty()) {
                tell(evicted.get(0));
            }
            return evicted;
        } catch (Throwable e) {
            log.failed(LABEL, "add", e);
            return null;
        }
    }

    private void tell(DeadLetter evicted) {
        log.say(
                "dead letters evicted",
                "The dead-letter sink is full, with a bound of %s: the letter of event '%s' with id '%s' made room for a newer one."
                        .formatted(sink.bound(), evicted.event().topic(), evicted.event().id()),
                null);
    }

    @Override
    public long size() {
        return sink.size();
    }

    @Override
    public long bound() {
        return sink.bound();
    }

    @Override
    public long evicted() {
        return sink.evicted();
    }

    @Override
    public List<DeadLetter> list(Filter filter, int limit) {
        return sink.list(filter, limit);
    }

    @Override
    public @Nullable DeadLetter get(String id) {
        return sink.get(id);
    }

    @Override
    public boolean update(DeadLetter letter) {
        return sink.update(letter);
    }

    @Override
    public @Nullable DeadLetter startRetry(String id, int mostRetries, Instant now) {
        return sink.startRetry(id, mostRetries, now);
    }

    @Override
    public boolean remove(String id) {
        return sink.remove(id);
    }

    @Override
    public long clear(Filter filter) {
        return sink.clear(filter);
    }

    @Override
    public Stats stats() {
        return sink.stats();
    }

    /** Leaves the sink open: who has opened it closes it. */
    @Override
    public void close() {}
}
