"""Where revocation is asked, and who plays the card in rehearsals; one module per kind."""
