// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.event.Level;
import dev.jitney.event.Offset;
import dev.jitney.spi.Append;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One append, as a part of its group.
 *
 * @param committer is asked to force when somebody wants to know of it
 * @param group what it is written with
 * @param last which event of the group is its last
 */
record FileAppend(Committer committer, Group group, int last) implements Append {

    /** Its dependents run on the store's threads: they should be short. */
    @Override
    public CompletionStage<Offset> reached(Level level) {
        if (level == Level.MEMORY) {
            return CompletableFuture.completedFuture(Offset.UNASSIGNED);
        }
        if (level == Level.REMOTE) {
            return CompletableFuture.failedFuture(remote());
        }
        CompletionStage<Offset> stage = offsets(level);
        if (level == Level.DISK) {
            committer.wantDisk(group); // last: it hurries only for those who ask
        }
        return stage;
    }

    private static UnsupportedOperationException remote() {
        return new UnsupportedOperationException(
                "The file store knows the levels memory, os and disk, not remote.");
    }

    private CompletionStage<Offset> offsets(Level level) {
        return group.future(level).thenApply(first -> new Offset(first + last));
    }

    @Override
    public boolean isDone(Level level) {
        return level == Level.REMOTE || group.isDone(level);
    }

    @Override
    public boolean await(Level level, Duration limit) throws InterruptedException {
        return isDone(level) || committer.await(group, level, Deadline.in(limit), false);
    }

    @Override
    public @Nullable Throwable failure(Level level) {
        return level == Level.REMOTE ? remote() : group.failure(level);
    }
}
