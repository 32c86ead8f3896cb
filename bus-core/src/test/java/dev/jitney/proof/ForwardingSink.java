// SPDX-License-Identifier: Apache-2.0
package dev.jitney.proof;

import dev.jitney.event.DeadLetter;
import dev.jitney.spi.DeadLetterSink;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A sink that does what another does, to be tampered with. */
class ForwardingSink implements DeadLetterSink {

    final DeadLetterSink sink;

    ForwardingSink(DeadLetterSink sink) {
        this.sink = sink;
    }

    @Override
    public List<DeadLetter> add(DeadLetter letter) {
        return sink.add(letter);
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

    @Override
    public void close() {
        sink.close();
    }
}
