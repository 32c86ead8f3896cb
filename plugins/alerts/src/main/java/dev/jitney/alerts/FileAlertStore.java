// SPDX-License-Identifier: Apache-2.0
package dev.jitney.alerts;

import dev.jitney.spi.AlertStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps alerts in a file that several processes share. What a method has returned from survives the
 * death of the process; with {@code force}, the loss of power.
 */
final class FileAlertStore implements AlertStore {

    private final AlertLog log;
    private final int bound;

    FileAlertStore(AlertLog log, int bound) {
        this.log = log;
        this.bound = bound;
    }

    @Override
    public boolean raise(Alert alert) {
        return log.locked(
                () -> {
                    boolean known = log.alerts().containsKey(AlertText.wellFormed(alert.id()));
                    if (!known) {
                        log.change(alert, tooMany());
                    }
                    return !known;
                });
    }

    @Override
    public @Nullable Alert get(String id) {
        return log.locked(() -> Optional.ofNullable(log.alerts().get(AlertText.wellFormed(id))))
                .orElse(null);
    }

    @Override
    public List<Alert> list(Filter filter, int limit) {
        List<Alert> all = log.locked(() -> new ArrayList<>(log.alerts().values()));
        return filter.newest(all, limit);
    }

    @Override
    public long size() {
        return log.locked(() -> (long) log.alerts().size());
    }

    @Override
    public long bound() {
        return log.locked(() -> (long) bound);
    }

    @Override
    public Alert change(String id, UnaryOperator<Alert> change) {
        return log.locked(
                () -> {
                    Alert alert = log.alerts().get(AlertText.wellFormed(id));
                    if (alert == null) {
                        throw new IllegalArgumentException(
                                "There is no alert with id '" + id + "'.");
                    }
                    Alert changed = change.apply(alert);
                    if (!changed.id().equals(alert.id())) {
                        throw new IllegalArgumentException(
                                "A change of alert '%s' gave it id '%s'. Keep its id."
                                        .formatted(id, changed.id()));
                    }
                    log.refresh(); // the change may have used this store, or another one here
                    log.change(changed, List.of());
                    return changed;
                });
    }

    @Override
    public boolean remove(String id) {
        return log.locked(
                () -> {
                    boolean there = log.alerts().containsKey(AlertText.wellFormed(id));
                    if (there) {
                        log.change(null, List.of(AlertText.wellFormed(id)));
                    }
                    return there;
                });
    }

    @Override
    public void close() {
        log.close();
    }

    // Those that have to go before one more may come: resolved ones first; several if the bound was
    // lowered.
    private List<String> tooMany() {
        Map<String, Alert> alerts = log.alerts();
        int most = alerts.size() + 1 - bound;
        List<String> gone = new ArrayList<>();
        for (Alert alert : alerts.values()) {
            if (gone.size() < most && alert.state() == State.RESOLVED) {
                gone.add(alert.id());
            }
        }
        for (Alert alert : alerts.values()) {
            if (gone.size() < most && alert.state() != State.RESOLVED) {
                gone.add(alert.id());
            }
        }
        return gone;
    }
}
