// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.memory;

import dev.jitney.spi.AlertStore;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps alerts in memory.
 *
 * <p>INVARIANTS: every field but {@code bound} is guarded by this. {@code alerts} is in the order
 * in which alerts were raised, and replacing a value does not move its key.
 */
final class MemoryAlertStore implements AlertStore {

    private final int bound;
    private final Map<String, Alert> alerts = new LinkedHashMap<>();
    private boolean closed;

    MemoryAlertStore(int bound) {
        this.bound = bound;
    }

    @Override
    public synchronized boolean raise(Alert alert) {
        check();
        if (alerts.containsKey(alert.id())) {
            return false;
        }
        if (alerts.size() >= bound) {
            makeRoom();
        }
        alerts.put(alert.id(), alert);
        return true;
    }

    @Override
    public synchronized @Nullable Alert get(String id) {
        check();
        return alerts.get(id);
    }

    @Override
    public List<Alert> list(Filter filter, int limit) {
        return filter.newest(snapshot(), limit);
    }

    @Override
    public synchronized long size() {
        check();
        return alerts.size();
    }

    @Override
    public synchronized long bound() {
        check();
        return bound;
    }

    @Override
    public synchronized Alert change(String id, UnaryOperator<Alert> change) {
        check();
        Alert alert = alerts.get(id);
        if (alert == null) {
            throw new IllegalArgumentException("There is no alert with id '" + id + "'.");
        }
        Alert changed = change.apply(alert);
        if (!changed.id().equals(id)) {
            throw new IllegalArgumentException(
                    "A change of alert '"
                            + id
                            + "' gave it id '"
                            + changed.id()
                            + "'. Keep its id.");
        }
        alerts.put(id, changed);
        return changed;
    }

    @Override
    public synchronized boolean remove(String id) {
        check();
        return alerts.remove(id) != null;
    }

    @Override
    public synchronized void close() {
        closed = true;
        alerts.clear();
    }

    private synchronized List<Alert> snapshot() {
        check();
        return new ArrayList<>(alerts.values());
    }

    private void makeRoom() {
        Iterator<Alert> oldest = alerts.values().iterator();
        while (oldest.hasNext()) {
            if (oldest.next().state() == State.RESOLVED) {
                oldest.remove();
                return;
            }
        }
        alerts.remove(alerts.keySet().iterator().next());
    }

    private void check() {
        if (closed) {
            throw new IllegalStateException("Alert store 'memory' is closed.");
        }
    }
}
