# Sourced by the cases. github.com is the folder `hub`, as the user's git is told here; commits are
# made at one moment, so that their ids are always the same.
export GIT_CONFIG_GLOBAL="$PWD/gitconfig" GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_AUTHOR_DATE='2026-01-01T00:00:00Z'
export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b GIT_COMMITTER_DATE='2026-01-01T00:00:00Z'
git config --global "url.file://$PWD/hub/.insteadOf" https://github.com/
git config --global init.defaultBranch main
git config --global protocol.file.allow always

# new_project OWNER/NAME: an empty one, whose files are written to src/OWNER/NAME.
new_project() {
    git init -q --bare "hub/$1.git"
    git init -q "src/$1"
    git -C "src/$1" remote add origin "$PWD/hub/$1.git"
}

# publish OWNER/NAME MESSAGE: commits what is in its folder.
publish() {
    git -C "src/$1" add -A
    git -C "src/$1" commit -q -m "$2"
    git -C "src/$1" push -q --tags origin HEAD
}
