/** What the servers are known not to withstand. Each is left out of the runs while it is true here; to see it fail, make it false. */
export const KNOWN = {
  /**
   * A server that starts without an alarm believes that its peers hold all it holds, also of servers that are alive and still owe it to them.
   * When such a one then loses its storage, or leaves, what only this server holds of it is not passed on. So what is believed of others' origins
   * is not checked.
   */
  assumesTooMuch: true,
  /**
   * A server that left is told no news of the members. If one of the others loses its storage later, and only the one that left holds what that one
   * wrote, it does not know that it owes it: this is lost, and what depends on it is sent every 0.5 s for ever and never applied. So nobody loses
   * a storage whose messages only a server that left would hold then, and where storage is lost nobody is forced to leave.
   */
  leftIsNotTold: true,
  /**
   * What a server said before it lost its storage, and what arrives after it is back, is believed of its new life: that it holds what it held. It is
   * made up by the next relay it is sent, if there is one. So what such a one said before is lost with it.
   */
  oldAnswersCount: true,
  /**
   * A server that told its clients that another one is unreachable, and then loses its memory while their sockets hibernate, never tells them that it
   * can be reached again. So what they were told of that is not checked.
   */
  unreachableForGood: true,
};
