// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A daemon thread of a committer: started when it is first needed, it takes turns while there is
 * work and sleeps while there is none, until it is stopped.
 *
 * <p>Who makes work first makes it visible to {@link #wanted} and then calls {@link #wake}; the
 * thread first says that it parks and then looks again. So one of the two sees the other.
 *
 * <p><b>Threads.</b> Safe for concurrent use.
 */
abstract class Worker implements Runnable {

    private final String role;
    private volatile @Nullable Thread thread;
    private volatile boolean parked;
    private volatile boolean resting;
    private volatile boolean stopping;

    Worker(String role) {
        this.role = role;
    }

    /** Says whether there is work. */
    abstract boolean wanted();

    /** Does some of it, if it is still there. */
    abstract void turn();

    /** Says whether a rest ends; who makes it true calls {@link #hurry} afterwards. */
    abstract boolean pressed();

    void wake() {
        Thread running = thread;
        if (running == null) {
            start();
        } else if (parked) {
            parked = false;
            LockSupport.unpark(running);
        }
    }

    private synchronized void start() {
        if (thread != null || stopping) {
            return;
        }
        Thread made = new Thread(this, "jitney-store-" + role);
        made.setDaemon(true);
        // Known before it runs: it may park before this thread goes on, and must be woken then.
        thread = made;
        boolean started = false;
        try {
            made.start();
            started = true;
        } finally {
            if (!started) {
                thread = null;
            }
        }
    }

    /**
     * Rests at the end of a turn, on this thread, and is not woken by {@link #wake}: what comes
     * meanwhile is done together.
     */
    void rest(long nanos) {
        resting = true;
        if (!pressed() && !stopping) {
            LockSupport.parkNanos(this, nanos);
        }
        resting = false;
    }

    /** Ends a rest. */
    void hurry() {
        Thread running = thread;
        if (resting && running != null) {
            LockSupport.unpark(running);
        }
    }

    boolean isCurrent() {
        return thread == Thread.currentThread();
    }

    /** Ends the thread after the turn that it is in, and waits for that unless it is the caller. */
    void stop() {
        Thread running;
        synchronized (this) {
            stopping = true;
            running = thread;
        }
        if (running == null || running == Thread.currentThread()) {
            return;
        }
        boolean interrupted = false;
        while (running.isAlive()) {
            LockSupport.unpark(running);
            try {
                running.join(10);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        try {
            work();
        } finally {
            end();
        }
    }

    /** An error ends this thread and not the work: another one goes on with it. */
    private void end() {
        thread = null; // first: who wakes it now starts another, or is seen to have work here
        parked = false;
        resting = false;
        if (!stopping && wanted()) {
            wake();
        }
    }

    private void work() {
        while (!stopping) {
            if (wanted()) {
                turn();
                continue;
            }
            parked = true;
            if (!wanted() && !stopping) {
                LockSupport.park(this);
            }
            parked = false;
        }
    }
}
