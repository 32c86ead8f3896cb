// SPDX-License-Identifier: Apache-2.0
package dev.jitney.guide;

// guide:start publish
record Order(int id, String customer) {}
// guide:end
