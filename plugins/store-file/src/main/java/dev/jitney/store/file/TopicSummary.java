// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

/** DRAFT. */
final class TopicSummary {
    static final String FILE = "index/topics.idx";
}
