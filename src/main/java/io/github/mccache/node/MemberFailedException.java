package io.github.mccache.node;

/**
 * The protocol thread of this member has ended because of an Error: nothing that was written here
 * since is known to have reached the other members, and its caches serve nothing.
 */
public final class MemberFailedException extends IllegalStateException {

  private static final long serialVersionUID = 1;

  MemberFailedException(String nodeName) {
    super(
        "the member "
            + nodeName
            + " has failed, see its log: it neither sends nor receives, and its caches serve"
            + " nothing; close the CacheManager and open it again");
  }
}
