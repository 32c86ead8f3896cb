// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.event.Level;
import dev.jitney.spi.StoreException;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * What is wanted on disk and not yet known to be there: groups that are written, or about to be.
 *
 * <p><b>Threads.</b> Safe for concurrent use; groups are taken out by the holder of the force lock.
 */
final class ForceQueue {

    private final ConcurrentLinkedQueue<Group> groups = new ConcurrentLinkedQueue<>();

    void add(Group group) {
        groups.add(group);
    }

    @Nullable Group first() {
        return groups.peek();
    }

    boolean isEmpty() {
        return groups.isEmpty();
    }

    /** Says whether a group is wanted on disk by somebody who does not force it himself. */
    boolean diskWanted() {
        for (Group group : groups) {
            if (group.wantsDisk()) {
                return true;
            }
        }
        return false;
    }

    /** Says whether somebody will be told when a group is on disk. */
    boolean diskAsked() {
        for (Group group : groups) {
            if (group.asksDisk()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Settles the groups in front that are written and either on disk or failed.
     *
     * @param durable up to which offset all is on disk
     * @param cause why nothing more is forced, or null
     * @param done takes those that are settled
     */
    void settle(long durable, @Nullable StoreException cause, List<Group> done) {
        Group group = groups.peek();
        while (group != null
                && group.isDone(Level.OS)
                && (cause != null || group.endOffset() <= durable)) {
            groups.poll();
            end(group, durable, cause, done);
            group = groups.peek();
        }
    }

    /** Settles all groups: what is not on disk by now fails. */
    void settleAll(long durable, StoreException cause, List<Group> done) {
        Group group;
        while ((group = groups.poll()) != null) {
            end(group, durable, cause, done);
        }
    }

    private static void end(
            Group group, long durable, @Nullable StoreException cause, List<Group> done) {
        if (group.endOffset() <= durable) {
            group.durable();
        } else if (cause != null) {
            group.fail(cause);
        }
        done.add(group);
    }
}
