"""Who is who: chats linked to people, who somebody is, and what that lets them see and do."""
